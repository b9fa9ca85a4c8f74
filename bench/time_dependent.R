# Rscript time_dependent.R FOLDER: tmerge and coxph on data already in memory; one warm-up, then five timed runs.
suppressPackageStartupMessages(library(survival))
folder <- commandArgs(trailingOnly = TRUE)[1]
column <- function(name, what = "numeric", size = 8) {
  path <- file.path(folder, paste0(name, ".bin"))
  readBin(path, what, n = file.size(path) / size, size = size)
}
integers <- function(name) column(name, "integer", 4)
base <- data.frame(day = integers("day"), died = integers("died"), age = column("age"), treated_on = column("treated_on"))
base$treated_on[is.nan(base$treated_on)] <- NA
base$id <- seq_len(nrow(base))
marker <- data.frame(id = integers("marker_of"), day = column("marker_day"), marker = column("marker"))
call <- function() {
  rows <- tmerge(base[c("id", "age")], base, id = id, death = event(day, died), treated = tdc(treated_on))
  rows <- tmerge(rows, marker, id = id, marker = tdc(day, marker))
  coxph(Surv(tstart, tstop, death) ~ treated + marker + age, data = rows)
}
fit <- call()
times <- sapply(1:5, function(i) { gc(); sum(system.time(call())[c("user.self", "sys.self")]) })
exact <- update(fit, control = coxph.control(eps = 1e-12, iter.max = 30), data = {
  rows <- tmerge(base[c("id", "age")], base, id = id, death = event(day, died), treated = tdc(treated_on))
  tmerge(rows, marker, id = id, marker = tdc(day, marker)) })
writeBin(c(coef(exact), sqrt(diag(vcov(exact)))), file.path(folder, "answers.bin"))
cat("seconds", times, "\n")
cat("versions", as.character(getRversion()), as.character(packageVersion("survival")), "\n")
