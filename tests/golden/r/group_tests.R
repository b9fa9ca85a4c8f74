# Rscript group_tests.R ROWS.csv BMT.csv FOLDER: survdiff, score tests of coxph, and a log-rank test written from its definition
# (delayed entry, weights of Harrington and Fleming with gamma), on real data and on the sets of random_groups.py.
arguments <- commandArgs(trailingOnly = TRUE)
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "answers.R"))
rows <- read.csv(arguments[1])
bmt <- read.csv(arguments[2])
exponents <- list(c(0, 0), c(1, 0), c(.5, 0), c(0, 1), c(1, 1), c(.5, 2))

# Sums over strata and distinct event times of observed, expected, hypergeometric variance; S(t-) within the stratum.
by_definition <- function(start, stop, event, group, stratum, rho, gamma) {
  levels <- sort(unique(group))
  observed <- expected <- numeric(length(levels))
  variance <- matrix(0, length(levels), length(levels))
  for (s in unique(stratum)) {
    here <- stratum == s
    survival <- 1
    for (u in sort(unique(stop[here & event]))) {
      at_risk <- here & start < u & u <= stop
      dying <- at_risk & event & stop == u
      y <- sapply(levels, function(g) sum(at_risk & group == g))
      d <- sapply(levels, function(g) sum(dying & group == g))
      w <- survival^rho * (1 - survival)^gamma
      p <- y / sum(y)
      observed <- observed + w * d
      expected <- expected + w * sum(d) * p
      if (sum(y) > 1)
        variance <- variance + w^2 * sum(d) * (sum(y) - sum(d)) / (sum(y) - 1) * (diag(p, length(p)) - outer(p, p))
      survival <- survival * (1 - sum(d) / sum(y))
    }
  }
  kept <- which(expected > 0)[-1]
  u <- (observed - expected)[kept]
  chi <- if (length(kept)) sum(solve(variance[kept, kept, drop = FALSE], u) * u) else NA
  list(rho = rho, gamma = gamma, observed = I(observed), expected = I(expected), variance = I(c(variance)),
       statistic = chi, df = length(kept), p = pchisq(chi, length(kept), lower.tail = FALSE))
}

of_survdiff <- function(found, rho) {
  total <- function(x) if (is.matrix(x)) rowSums(x) else x
  list(rho = rho, observed = I(unname(total(found$obs))), expected = I(unname(total(found$exp))),
       variance = I(c(found$var)), statistic = found$chisq, df = sum(total(found$exp) > 0) - 1, p = found$pvalue)
}

# One data set: everything that R can say about it.
answer <- function(data, d, score = TRUE) {
  found <- list(data = data, rows = nrow(d), total_time = sum(d$stop - d$start), total_events = sum(d$event))
  # jasa has a death at time 0, which survdiff counts: without delayed entry all are at risk from before on.
  start <- if (all(d$start == 0)) -1 + d$start else d$start
  found$definition <- lapply(exponents, function(e)
    by_definition(start, d$stop, d$event, d$group, d$stratum, e[1], e[2]))
  if (all(d$start == 0)) found$survdiff <- lapply(c(0, 1, .5), function(rho)
    of_survdiff(survdiff(Surv(stop, event) ~ group + strata(stratum), data = d, rho = rho), rho))
  formula <- if (all(d$start == 0)) Surv(stop, event) ~ factor(group) + strata(stratum) else
    Surv(start, stop, event) ~ factor(group) + strata(stratum)
  if (score) found$exact_score <- coxph(formula, data = d, ties = "exact", control = coxph.control(iter.max = 0))$score
  robust <- suppressWarnings(coxph(formula, data = d, ties = "breslow", weights = weight, cluster = patient))
  found$robust_score <- c(robust$rscore)
  found
}

random <- lapply(0:59, function(index) {
  d <- rows[rows$data_set == index, ]
  d$event <- d$cause == 1
  ties <- max(table(d$stop[d$event], d$stratum[d$event]))
  answer(index, d, score = all(d$start == 0) || ties <= 4)
})

# Groups in alphabetical or numerical order, whatever the order of the levels.
set <- function(stop, event, group, stratum = 1, start = 0 * stop, patient = seq_along(stop)) {
  group <- if (is.factor(group)) as.character(group) else group
  data.frame(start, stop, event, group = as.integer(factor(group)) - 1, stratum, weight = 1, patient)
}
institution <- ifelse(is.na(lung$inst), 99, lung$inst)
real <- list(
  answer("cancer by sex", with(lung, set(time, status == 2, sex))),
  answer("cancer by sex in institutions", with(lung, set(time, status == 2, sex, institution))),
  answer("cancer by institution", with(lung, set(time, status == 2, institution))),
  answer("ovarian by treatment", with(ovarian, set(futime, fustat == 1, rx))),
  answer("ovarian by treatment in residual disease", with(ovarian, set(futime, fustat == 1, rx, resid.ds))),
  answer("veteran by cell type", with(veteran, set(time, status == 1, celltype))),
  answer("veteran by cell type in treatment", with(veteran, set(time, status == 1, celltype, trt))),
  answer("colon deaths by treatment", with(colon[colon$etype == 2, ], set(time, status == 1, rx))),
  answer("jasa by ever transplanted", with(jasa, set(futime, fustat == 1, transplant))),
  answer("bmt by disease group", with(bmt, set(t2, d3 == 1, group)))
)

# Mantel-Byar: before and after transplantation, patients changing group; R's counting-process rows `heart`.
hrt <- with(heart, set(2 * stop, event == 1, transplant, start = 2 * start, patient = id))
before <- with(heart, data.frame(hrt, surgery = surgery))
before$stratum <- before$surgery
mantel_byar <- list(answer("heart", hrt), answer("heart in surgery", before))

# Simon-Makuch: curves of both with delayed entry, at half-days that are round.
fit <- survfit(Surv(start, stop, event) ~ transplant, data = heart)
rows_apart <- survfit(Surv(start, stop, event) ~ transplant, data = heart, id = id, robust = TRUE)
grid <- round_grid(max(heart$stop))
simon_makuch <- lapply(1:2, function(k) {
  curve <- fit[k]
  happened <- curve$n.event > 0
  list(grid = grid, survival = step_at(curve$time, curve$surv, grid, 1),
       error = step_at(curve$time, curve$surv * curve$std.err, grid, 0),
       ij_error = step_at(rows_apart[k]$time, rows_apart[k]$std.err, grid, 0),
       cumulative_hazard = step_at(curve$time, curve$cumhaz, grid, 0),
       at_risk = sapply(grid, function(u) with(heart, sum(start < u & u <= stop & transplant == k - 1))),
       at_risk_at_events = sum(curve$n.risk[happened]), events = step_at(curve$time, cumsum(curve$n.event), grid, 0))
})

write_fixture(list(random = random, real = real, mantel_byar = mantel_byar, simon_makuch = simon_makuch), folder,
              "group_tests", c("survival"))
