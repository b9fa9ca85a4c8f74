# Rscript beta_product.R FOLDER: bpcp::bpcp (method of moments), with and without the mid-p option.
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "answers.R"))
suppressPackageStartupMessages(library(bpcp))

one <- function(data, time, event, grid, midp) {
  fit <- bpcp(time, event, nmc = 0, alpha = .05, midp = midp)
  at <- lapply(grid, function(t) StCI(fit, t))
  list(data = data, midp = as.integer(midp), grid = grid, survival = sapply(at, `[[`, "survival"),
       lower = sapply(at, `[[`, "lower"), upper = sapply(at, `[[`, "upper"))
}
cases <- list()
for (midp in c(FALSE, TRUE)) {
  cases <- c(cases, list(
    one("aml", aml$time, aml$status, seq(6, 60, 6), midp),
    one("aml maintained", aml$time[aml$x == "Maintained"], aml$status[aml$x == "Maintained"], seq(6, 60, 6), midp),
    one("veteran", veteran$time, veteran$status, seq(25, 600, 25), midp),
    one("cancer", lung$time, as.numeric(lung$status == 2), seq(51, 951, 50), midp)
  ))
}
write_fixture(cases, folder, "beta_product", c("survival", "bpcp"))
