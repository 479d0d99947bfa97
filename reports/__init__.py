"""Pure aggregation: from opened ballots to displayed values, findings, the report and its page, PDF and exports."""
