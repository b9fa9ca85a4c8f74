# Rscript pseudo_values.R ROWS.csv FOLDER: prodlim::jackknife (leave one out) and survival::pseudo (infinitesimal jackknife)
# of survival, cumulative incidence and their areas. Of real data only the means over 17 classes of patients are kept.
arguments <- commandArgs(trailingOnly = TRUE)
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "answers.R"))
suppressPackageStartupMessages(library(prodlim))
rows <- read.csv(arguments[1])

# The area under a step function that starts at `before`, from 0 to each horizon.
area <- function(time, value, before, horizons) sapply(horizons, function(h) {
  knots <- c(0, time[time < h], h)
  sum(diff(knots) * c(before, value[time < h]))
})
incidence <- function(time, cause, of) {
  fit <- survfit(Surv(time, factor(cause, 0:2)) ~ 1)
  list(time = fit$time, value = fit$pstate[, 1 + of])
}
# One patient after the other left out, by survfit.
loop <- function(time, cause, horizons, of) {
  whole <- function(keep) if (of == 0) {
    fit <- survfit(Surv(time[keep], cause[keep] > 0) ~ 1)
    area(fit$time, fit$surv, 1, horizons)
  } else {
    fit <- incidence(time[keep], cause[keep], of)
    area(fit$time, fit$value, 0, horizons)
  }
  n <- length(time)
  t(n * whole(rep(TRUE, n)) - (n - 1) * sapply(seq_len(n), function(i) whole(seq_len(n) != i)))
}

# In survival 3.5-3 type = "rmst" of a curve with one event goes wrong at horizons before the first event (it warns of
# vectors of unequal length): none of those.
restricted <- function(fit, grid) {
  from <- min(fit$time[fit$n.event > 0])
  values <- pseudo(fit, grid[grid >= from], type = "rmst")
  cbind(matrix(NA, fit$n, sum(grid < from)), unname(values))
}

right_censored <- function(time, cause, grid) {
  d <<- data.frame(time, cause) # pseudo() looks the data up again, outside of this function
  alive <- survfit(Surv(time, cause > 0) ~ 1, data = d)
  states <- survfit(Surv(time, factor(cause, 0:2)) ~ 1, data = d)
  lost <- pseudo(states, grid, type = "rmst")
  entered <- pseudo(states, grid, type = "pstate")
  list(
    survival = unname(jackknife(prodlim(Hist(time, 1 * (cause > 0)) ~ 1, data = d), grid)),
    incidence_1 = unname(jackknife(prodlim(Hist(time, cause) ~ 1, data = d), grid, cause = 1)),
    incidence_2 = unname(jackknife(prodlim(Hist(time, cause) ~ 1, data = d), grid, cause = 2)),
    restricted_mean = loop(time, cause, grid, 0), time_lost_1 = loop(time, cause, grid, 1),
    ij_survival = unname(pseudo(alive, grid, type = "survival")), ij_restricted_mean = restricted(alive, grid),
    ij_incidence_1 = entered[, , 2], ij_time_lost_1 = lost[, , 2]
  )
}

random <- lapply(0:15, function(index) {
  d <<- rows[rows$data_set == index, ]
  d <<- d[!duplicated(d$patient, fromLast = TRUE), ]
  grid <- c(2, 5, 8, 12)
  if (all(d$start == 0)) return(c(list(data = index, grid = grid), right_censored(d$stop, d$cause, grid)))
  fit <- survfit(Surv(start, stop, cause > 0) ~ 1, data = d)
  list(data = index, grid = grid, ij_survival = unname(pseudo(fit, grid, type = "survival")),
       ij_restricted_mean = restricted(fit, grid))
})

# Means of the values and of their squares over the patients 1, 18, 35, ..., over the patients 2, 19, 36, ..., and so on.
by_class <- function(values) {
  class <- (seq_len(nrow(values)) - 1) %% 17
  list(mean = unname(rowsum(values, class) / c(table(class))), square = unname(rowsum(values^2, class) / c(table(class))))
}
progression <- with(mgus2, list(time = ifelse(pstat == 1, ptime, futime), cause = ifelse(pstat == 1, 1, 2 * death)))
real <- list(
  # With one cause prodlim gives the survival for the incidence.
  c(list(data = "cancer", grid = c(100, 365, 700)),
    lapply(right_censored(lung$time, 1 * (lung$status == 2), c(100, 365, 700))[c("survival", "restricted_mean")], by_class)),
  c(list(data = "mgus2", grid = c(24, 120, 300)), lapply(with(progression, right_censored(time, cause, c(24, 120, 300))), by_class))
)
write_fixture(list(random = random, real = real), folder, "pseudo_values", c("survival", "prodlim"))
