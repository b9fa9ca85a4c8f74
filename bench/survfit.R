# Rscript survfit.R FOLDER PROBLEM MODE: the public call of survival::survfit on data already in memory.
# MODE times: one warm-up, then five timed runs; answers.bin holds survival or P and its standard error at the grid.
# MODE memory: peak growth of resident memory during one call after a small one (Linux).
suppressPackageStartupMessages(library(survival))
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]; problem <- arguments[2]; mode <- arguments[3]
column <- function(name, what = "integer", size = 4) {
  path <- file.path(folder, paste0(name, ".bin"))
  readBin(path, what, n = file.size(path) / size, size = size)
}
grid <- column("grid")

if (problem == "curve") {
  day <- column("day"); event <- column("event")
  call <- function(k = length(day)) survfit(Surv(day[1:k], event[1:k]) ~ 1)
  answer <- function(fit) { s <- summary(fit, times = grid, extend = TRUE); cbind(s$surv, s$std.err) }
} else if (problem == "structure") {
  labels <- paste0("s", 0:5)
  d <- data.frame(patient = column("patient"), start = column("start"), stop = column("stop"),
                  origin = factor(labels[column("origin") + 1], labels))
  target <- column("target")
  d$target <- factor(ifelse(target < 0, "none", labels[pmax(target, 0) + 1]), c("none", labels))
  call <- function(k = nrow(d)) survfit(Surv(start, stop, target) ~ 1, data = d[1:k, ], id = patient, istate = origin)
  answer <- function(fit) { at <- findInterval(grid, fit$time) + 1
    cbind(rbind(fit$p0, fit$pstate)[at, ], rbind(0, fit$std.err)[at, ]) }
} else {
  day <- column("day"); cause <- factor(column("cause"), 0:2)
  call <- function(k = length(day)) survfit(Surv(day[1:k], cause[1:k]) ~ 1)
  # survfit's errors are infinitesimal jackknives, not Aalen's: only the estimates are compared.
  answer <- function(fit) rbind(fit$p0, fit$pstate)[findInterval(grid, fit$time) + 1, ]
}

resident <- function(field) {
  line <- grep(field, readLines("/proc/self/status"), value = TRUE)
  as.numeric(gsub("[^0-9]", "", line)) / 1024
}
if (mode == "times") {
  fit <- call()
  seconds <- sapply(1:5, function(i) { gc(); sum(system.time(call())[c("user.self", "sys.self")]) })
  writeBin(as.vector(answer(fit)), file.path(folder, "answers.bin"))
  cat("seconds", seconds, "\n")
  cat("versions", as.character(getRversion()), as.character(packageVersion("survival")), "\n")
} else {
  small <- call(2000); rm(small); invisible(gc())
  writeLines("5", "/proc/self/clear_refs")
  before <- resident("VmRSS"); fit <- call()
  cat("megabytes", resident("VmHWM") - before, "\n")
}
