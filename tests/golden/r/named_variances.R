# Rscript named_variances.R FOLDER: cmprsk (Aalen) and etm (Greenwood) on mgus2, competing risks and illness-death.
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "answers.R"))
suppressPackageStartupMessages({library(cmprsk); library(etm)})

time <- with(mgus2, ifelse(pstat == 1, ptime, futime))
cause <- with(mgus2, ifelse(pstat == 1, 1, 2 * death))
grid <- round_grid(max(time))
fit <- cuminc(time, cause)
gray <- timepoints(fit, grid)
table <- etmCIF(Surv(time, cause != 0) ~ 1, data = data.frame(time, cause), etype = cause, failcode = 1:2)[[1]]
pick <- function(e, name, at) step_at(as.numeric(dimnames(e$est)[[3]]), e$cov[name, name, ], at, 0)
competing <- list(
  grid = grid, probability = t(unname(gray$est)), aalen_variance = t(unname(gray$var)),
  greenwood_variance = cbind(pick(table, "0 0", grid), pick(table, "0 1", grid), pick(table, "0 2", grid))
)

# Illness-death with the tie rule of the other scripts: death in the month of progression is half a month later.
ill <- with(mgus2, do.call(rbind, lapply(seq_along(id), function(i) {
  end <- 2 * futime[i] + (pstat[i] == 1 && death[i] == 1 && ptime[i] == futime[i])
  if (pstat[i] == 0) return(data.frame(id = i, from = 0, to = ifelse(death[i] == 1, "2", "cens"), entry = 0, exit = end))
  rows <- data.frame(id = i, from = 0, to = "1", entry = 0, exit = 2 * ptime[i])
  if (end > 2 * ptime[i]) rows <- rbind(rows, data.frame(id = i, from = 1, to = ifelse(death[i] == 1, "2", "cens"),
                                                         entry = 2 * ptime[i], exit = end))
  rows
})))
allowed <- matrix(FALSE, 3, 3); allowed[1, 2:3] <- TRUE; allowed[2, 3] <- TRUE
found <- etm(ill, c("0", "1", "2"), allowed, "cens", s = 0)
ticks <- 2 * grid
names3 <- c("0 0", "0 1", "0 2")
at <- findInterval(ticks, as.numeric(dimnames(found$est)[[3]]))
illness <- list(grid = ticks, probability = t(found$est["0", , pmax(at, 1)]),
                covariance = lapply(at, function(k) unname(found$cov[names3, names3, k])))
write_fixture(list(competing = competing, illness_death = illness), folder, "named_variances", c("cmprsk", "etm"))
