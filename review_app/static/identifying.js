// Passages of a comment that could tell who wrote it: addresses, numbers, sums and dates. surveys/identifying.py has the
// same rules and looks again on the server; tests/identifying.json is what both are held to.
//
// The names of people and organisations are looked for on the server alone. To look here, every respondent would have to
// be sent who else is asked, and hashes of so few names are soon guessed. So names come with the answer to each save.
const FREE = "(?<![\\p{L}\\p{N}])";
const DONE = "(?![\\p{L}\\p{N}])";
const TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety";
const WORD = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
  + `|eighteen|nineteen|${TENS}|a hundred|hundred|a thousand|thousand|a million|million`;
const CURRENCY = "pounds?|pence|quid|gbp|euros?|punt|bunnoedd|bunnau|ceiniog";
const MANY = "k|m|bn|thousand|million|billion|mil|miliwn|biliwn";
const MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
  + "|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
  + "|ionawr|chwefror|[mf]awrth|ebrill|mai|fai|[mf]ehefin|g?orffennaf|awst|[mf]edi|hydref|[td]achwedd|rh?agfyr";
const ORDINAL = "st|nd|rd|th|af|ail|ydd|fed|eg|ain";
const DAY = `(?:0?[1-9]|[12][0-9]|3[01])(?:${ORDINAL})?`;
const YEAR = "(?:19|20)[0-9]{2}";
const WEEKDAY = "monday|tuesday|wednesday|thursday|friday|saturday|sunday";
const WELSH_WEEKDAY = "llun|mawrth|mercher|iau|gwener|sadwrn|sul";
const NUMBER = "[0-9]+(?:,[0-9]{3})*(?:\\.[0-9]+)?";

// In this order: what an earlier one has taken is no longer there for a later one.
const RULES = [
  ["email", `${FREE}[a-z0-9][a-z0-9._%+'\\-]*@[a-z0-9\\-]+(?:\\.[a-z0-9\\-]+)+${DONE}`],
  ["money", `[£€$] ?${NUMBER}(?: ?(?:${MANY})${DONE})?`],
  ["money", `${FREE}${NUMBER}(?: ?(?:${MANY}))?(?: o)? (?:${CURRENCY})${DONE}`],
  ["money", `${FREE}${NUMBER}k${DONE}`],
  ["money", `${FREE}(?:${WORD})(?:[ \\-](?:and )?(?:${WORD}))* (?:pounds|quid|euros)${DONE}`],
  ["date", `${FREE}${DAY}[/.\\-](?:0?[1-9]|1[0-2])[/.\\-](?:${YEAR}|[0-9]{2})${DONE}`],
  ["date", `${FREE}${YEAR}-[01][0-9]-[0-3][0-9]${DONE}`],
  ["date", `${FREE}${DAY}(?: of| o)? (?:${MONTH})(?:,? ${YEAR})?${DONE}`],
  ["date", `${FREE}(?:${MONTH}) ${DAY}(?:,? ${YEAR})?${DONE}`],
  ["date", `${FREE}(?:${MONTH}) ${YEAR}${DONE}`],
  ["date", `${FREE}(?:last|next) (?:${WEEKDAY})${DONE}`],
  ["date", `${FREE}(?:dydd|nos) (?:${WELSH_WEEKDAY}) (?:diwethaf|nesaf)${DONE}`],
  ["phone", "(?<![\\p{L}\\p{N}])(?:\\+44|0044|\\(?0(?=[12357-9]))[0-9\\(\\) .\\-]{7,16}[0-9](?![0-9])"],
  ["number", `${FREE}[a-ceghj-pr-tw-z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[a-d]${DONE}`],
  ["number", `${FREE}[a-z]{2,6}[\\-/]?[0-9]{4,}${DONE}`],
].map(([kind, pattern]) => [kind, new RegExp(pattern, "giu")]);

function isPhoneNumber(text) {
  const digits = text.replace(/[^0-9]/g, "").replace(/^(?:0044|44)0?/, "0");
  return digits.length === 10 || digits.length === 11;
}

// The passages of a text in its order, as { start, end, kind, label }; no two of them overlap.
export function find(text) {
  const found = [];
  for (const [kind, pattern] of RULES) {
    for (const match of text.matchAll(pattern)) {
      const [start, end] = [match.index, match.index + match[0].length];
      const isFree = found.every((passage) => end <= passage.start || start >= passage.end);
      if (isFree && (kind !== "phone" || isPhoneNumber(match[0]))) found.push({ start, end, kind, label: match[0] });
    }
  }
  return found.sort((one, other) => one.start - other.start || one.end - other.end);
}
