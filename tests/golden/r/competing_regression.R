# Rscript competing_regression.R ROWS.csv FOLDER: cmprsk::crr, survival::finegray + coxph, cmprsk::cuminc (Gray) on competing_data.py.
arguments <- commandArgs(trailingOnly = TRUE)
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "answers.R"))
suppressPackageStartupMessages(library(cmprsk))
rows <- read.csv(arguments[1], check.names = FALSE)
exactly <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 60)
points <- rbind(c(.5, 1, 2), c(-1, 0, 4))
ridge_penalty <- 2.5

of_crr <- function(d, of, grouped) {
  x <- as.matrix(d[, c("x1", "x2", "x3")])
  fit_from <- function(init, gtol) if (grouped)
    crr(d$stop, d$cause, x, cengroup = d$group, failcode = of, gtol = gtol, maxiter = 60, init = init)
    else crr(d$stop, d$cause, x, failcode = of, gtol = gtol, maxiter = 60, init = init)
  first <- fit_from(rep(0, 3), 1e-12)
  # crr ends when its line search does: one more Newton step, and all its answers there.
  fit <- fit_from(unname(first$coef + solve(first$inf, first$score)), 1e-7)
  at <- if (d$data_set[1] %in% real) rbind(colMeans(x), apply(x, 2, median)) else points
  f <- unclass(predict(fit, at))
  keep <- unique(round(seq(1, nrow(f), length.out = min(12, nrow(f)))))
  list(of = of, grouped = as.integer(grouped), coefficients = I(unname(fit$coef)), variance = fit$var, information = fit$inf,
       log_likelihood = fit$loglik, null_log_likelihood = fit$loglik.null, at = at, place = I(keep - 1L), incidence = f[keep, -1])
}

# Geskus' weights with case weights in both product-limits: survfit for censoring (events first) and for entry (time reversed).
expanded <- function(d, of) {
  pieces <- lapply(split(seq_len(nrow(d)), d$group), function(mine) {
    e <- d[mine, ]
    shift <- e$stop - .2 * (e$cause != 0)
    g <- survfit(Surv(e$start, shift, e$cause == 0) ~ 1, weights = e$weight)
    h <- survfit(Surv(-shift, -e$start, rep(TRUE, nrow(e))) ~ 1, weights = e$weight)
    entry <- rev(-h$time[h$n.event > 0])
    later <- c(rev(h$surv[h$n.event > 0])[-1], 1)
    product <- function(t) {   # G(t-) H(t-)
      inside <- findInterval(t, g$time[g$n.event > 0], left.open = TRUE)
      c(1, g$surv[g$n.event > 0])[inside + 1] * later[pmax(findInterval(t, entry, left.open = TRUE), 1)]
    }
    events <- sort(unique(d$stop[d$cause == of]))
    do.call(rbind, lapply(seq_len(nrow(e)), function(i) {
      own <- data.frame(id = mine[i], from = e$start[i], to = e$stop[i], event = e$cause[i] == of, w = 1)
      after <- events[events > e$stop[i] & events <= max(e$stop)]
      if (e$cause[i] %in% c(0, of) || !length(after)) return(own)
      rbind(own, data.frame(id = mine[i], from = c(e$stop[i], after[-length(after)]), to = after, event = FALSE,
                            w = product(after) / product(e$stop[i])))
    }))
  })
  long <- do.call(rbind, pieces)
  cbind(long[long$w > 0, ], d[long$id[long$w > 0], c("x1", "x2", "x3", "weight", "stratum", "group")])
}

of_coxph <- function(long) {
  f <- coxph(Surv(from, to, event) ~ x1 + x2 + x3 + strata(stratum), long, weights = w * weight, ties = "breslow",
             cluster = id, control = exactly)
  r <- coxph(Surv(from, to, event) ~ ridge(x1, theta = ridge_penalty, scale = FALSE) + ridge(x2, theta = ridge_penalty, scale = FALSE) +
             ridge(x3, theta = ridge_penalty, scale = FALSE) + strata(stratum), long, weights = w * weight, ties = "breslow",
             robust = FALSE, control = exactly)
  list(coefficients = I(unname(coef(f))), model_based = f$naive.var, known_weights = unname(f$var),
       log_likelihood = f$loglik[2], null_log_likelihood = f$loglik[1], ridge = I(unname(coef(r))), ridge_information = solve(r$var))
}

of_finegray <- function(d, of) {
  d$id <- seq_len(nrow(d))
  d$state <- factor(ifelse(d$cause == of, 1, 2 * (d$cause > 0)), 0:2, c("censored", "interest", "other"))
  long <- if (any(d$group > 0)) finegray(Surv(start, stop, state) ~ strata(group) + ., d, id = id, etype = "interest")
          else finegray(Surv(start, stop, state) ~ ., d, id = id, etype = "interest")
  names(long)[match(c("fgstart", "fgstop", "fgstatus", "fgwt"), names(long))] <- c("from", "to", "event", "w")
  if (is.null(long$id)) long$id <- long$`(id)`
  long
}

of_gray <- function(d) {
  one <- function(rho, layered) {
    found <- if (layered) cuminc(d$stop, d$cause, d$arm, strata = d$x3 > 2, rho = rho) else cuminc(d$stop, d$cause, d$arm, rho = rho)
    list(rho = rho, stratified = as.integer(layered), tests = unname(found$Tests))
  }
  list(one(0, FALSE), one(1, FALSE), one(0, TRUE), one(.5, TRUE))
}

real <- c("bmt", "aidssi", "ebmt3", "mgus2", "pbc", "mgus2 by age")
answer <- function(d) {
  delayed <- any(d$start > 0); weighted <- any(d$weight != 1); stratified <- any(d$stratum > 0)
  found <- list(data = d$data_set[1], rows = nrow(d), total_time = sum(d$stop - d$start), events = I(tabulate(d$cause, 2)))
  if (!delayed && !weighted && !stratified)
    found$crr <- lapply(1:2, function(of) of_crr(d, of, any(d$group > 0)))
  if (!delayed) found$gray <- of_gray(d)
  # The public sets without delayed entry would be expanded into millions of rows at every event: finegray alone.
  if (!d$data_set[1] %in% real) found$expanded <- of_coxph(expanded(d, 1))
  if (!weighted && (!stratified || all(d$stratum == d$group)) && (stratified || all(d$group == 0))) {
    long <- of_finegray(d, 1)
    found$finegray <- of_coxph(long)
    if (!is.null(found$expanded)) stopifnot(max(abs(found$finegray$coefficients - found$expanded$coefficients)) < 1e-10)
  }
  found
}
write_fixture(lapply(split(rows, factor(rows$data_set, unique(rows$data_set))), answer), arguments[2], "competing_regression",
              c("survival", "cmprsk"))
