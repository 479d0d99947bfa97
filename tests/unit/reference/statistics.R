# What R's packages multilevel and psych say of ratings that the test has too. Renew statistics.json with
#   Rscript tests/unit/reference/statistics.R > tests/unit/reference/statistics.json
suppressMessages({library(multilevel); library(psych)})
ratings <- list(
  close   = rbind(c(4,4,5), c(4,5,5), c(5,4,4), c(4,4,4), c(5,5,5), c(4,4,5)),
  split   = rbind(c(1,2,1), c(5,5,4), c(1,1,2), c(5,4,5), c(2,1,1), c(4,5,5)),
  mixed   = rbind(c(3,2,4), c(2,2,3), c(4,3,4), c(3,3,5), c(1,2,2), c(5,3,4), c(3,4,4), c(2,1,3)),
  random  = rbind(c(1,5,2), c(2,4,3), c(3,3,4), c(4,2,5), c(5,1,1), c(1,3,5), c(5,5,3), c(3,1,2)),
  pairs   = rbind(c(2,3), c(4,4), c(3,5), c(5,5), c(1,2)))
number <- function(x) format(x, digits = 12, scientific = FALSE, trim = TRUE)
lines <- sapply(names(ratings), function(name) {
  x <- ratings[[name]]
  group <- rep(1, nrow(x))
  single <- sapply(seq_len(ncol(x)), function(j) rwg(x[, j], group, ranvar = 2)$rwg)
  all <- rwg.j(x, group, ranvar = 2)$rwg.j
  a <- suppressMessages(suppressWarnings(psych::alpha(as.data.frame(x), check.keys = FALSE, warnings = FALSE)))$total$raw_alpha
  rows <- apply(x, 1, function(row) paste0("[", paste(row, collapse = ","), "]"))
  paste0("  \"", name, "\": {\"ratings\": [", paste(rows, collapse = ","), "], \"rwg\": [",
         paste(number(single), collapse = ", "), "], \"rwg_j\": ", number(all), ", \"alpha\": ", number(a), "}")
})
cat("{\n", paste(lines, collapse = ",\n"), "\n}\n", sep = "")
