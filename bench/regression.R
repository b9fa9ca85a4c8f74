# Rscript regression.R FOLDER: coxph on columns already in memory; one warm-up, then five timed runs.
suppressPackageStartupMessages(library(survival))
folder <- commandArgs(trailingOnly = TRUE)[1]
column <- function(name, what, size) {
  path <- file.path(folder, paste0(name, ".bin"))
  readBin(path, what, n = file.size(path) / size, size = size)
}
day <- column("day", "integer", 4)
x <- matrix(column("covariates", "numeric", 8), length(day), byrow = TRUE)
d <- data.frame(day, event = column("event", "integer", 4), a = x[, 1], b = x[, 2], c = x[, 3])
call <- function() coxph(Surv(day, event) ~ a + b + c, data = d)
fit <- call()
times <- sapply(1:5, function(i) { gc(); sum(system.time(call())[c("user.self", "sys.self")]) })
exact <- coxph(Surv(day, event) ~ a + b + c, data = d, control = coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 30))
writeBin(c(coef(exact), sqrt(diag(vcov(exact)))), file.path(folder, "answers.bin"))
cat("seconds", times, "\n")
cat("versions", as.character(getRversion()), as.character(packageVersion("survival")), "\n")
