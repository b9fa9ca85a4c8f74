# Rscript cox.R ROWS.csv FOLDER: survival::coxph on the data of the survival package and on random_cox.py.
arguments <- commandArgs(trailingOnly = TRUE)
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "answers.R"))
exactly <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 60)
transforms <- c("km", "identity", "rank", "log")

# x: matrix; terms: list of column groups; ridge: one penalty a column or NULL; start NULL: at risk from the beginning.
fit_of <- function(d, ties, ridge, robust) {
  parts <- if (is.null(ridge)) {
    vapply(d$terms, function(k) sprintf("x[, c(%s)]", paste(k, collapse = ",")), "")
  } else sprintf("ridge(x[, %d], theta = %.17g, scale = FALSE)", seq_along(ridge), ridge)
  if (!is.null(d$stratum)) parts <- c(parts, "strata(d$stratum)")
  if (!is.null(d$offset)) parts <- c(parts, "offset(d$offset)")
  left <- if (is.null(d$start)) "Surv(d$stop, d$event)" else "Surv(d$start, d$stop, d$event)"
  x <- d$x
  w <- if (is.null(d$weight)) rep(1, nrow(x)) else d$weight
  f <- as.formula(paste(left, "~", paste(parts, collapse = "+")))
  call <- function(...) if (robust) coxph(f, weights = w, ties = ties, cluster = d$cluster, control = exactly, ...)
                        else coxph(f, weights = w, ties = ties, robust = FALSE, control = exactly, ...)
  if (!is.null(ridge)) return(call())
  # coxph stops when log L rests, an iteration before its variance does: start again from the estimate.
  first <- call()
  again <- call(init = coef(first))
  again$score <- first$score; again$loglik[1] <- first$loglik[1]; again$wald.test <- first$wald.test
  again
}

# coxph 3.5-3 with ridge(), counting-process rows, Efron's ties and weights gives a wrong likelihood: with a penalty of 1e-10
# it is not its own unpenalised fit. There the penalised estimate is found by Newton from coxph without penalty at each point.
ridge_by_newton <- function(d, ties) {
  beta <- rep(0, ncol(d$x)); penalty <- d$ridge
  w <- if (is.null(d$weight)) rep(1, nrow(d$x)) else d$weight
  s <- if (is.null(d$stratum)) rep(0, nrow(d$x)) else d$stratum
  o <- if (is.null(d$offset)) rep(0, nrow(d$x)) else d$offset
  x <- d$x; start <- d$start; stop <- d$stop; event <- d$event
  for (i in 1:30) {
    here <- suppressWarnings(coxph(Surv(start, stop, event) ~ x + strata(s) + offset(o), weights = w, ties = ties, init = beta,
                                   robust = FALSE, control = coxph.control(iter.max = 0)))
    score <- colSums(as.matrix(residuals(here, "score")) * w)
    hessian <- solve(here$var) + diag(penalty, length(beta))
    step <- solve(hessian, score - penalty * beta)
    beta <- beta + step
  }
  stopifnot(max(abs(step)) < 1e-10)
  null <- suppressWarnings(coxph(Surv(start, stop, event) ~ x + strata(s) + offset(o), weights = w, ties = ties,
                                 robust = FALSE, control = coxph.control(iter.max = 0)))
  list(coefficients = beta, var = solve(hessian), loglik = c(null$loglik[1], tail(here$loglik, 1)),
       penalty = c(0, sum(penalty * beta^2) / 2))
}

sums <- function(r, m) c(sum(r), sum(r^2), sum(r * m))   # what is kept of residuals: sums, squares, with multipliers

zph_table <- function(fit, terms) do.call(rbind, lapply(transforms, function(g) {
  z <- try(cox.zph(fit, transform = g, terms = terms), silent = TRUE)
  if (inherits(z, "try-error")) rep(NA, 3) else z$table
}))

survival_at <- function(d, fit, at, grid) {
  # coxph with matrix terms cannot be given new data by name, so the curve is taken from a refit with plain columns.
  data <- as.data.frame(d$x); names(data) <- paste0("v", seq_len(ncol(d$x)))
  data$stop <- d$stop; data$event <- d$event
  data$start <- if (is.null(d$start)) rep(min(d$stop) - 1, length(d$stop)) else d$start
  data$w <- if (is.null(d$weight)) 1 else d$weight
  right <- paste(paste0("v", seq_len(ncol(d$x))), collapse = "+")
  if (!is.null(d$stratum)) { data$stratum <- d$stratum; right <- paste(right, "+ strata(stratum)") }
  if (!is.null(d$offset)) { data$o <- d$offset; right <- paste(right, "+ offset(o)") }
  data$cluster <- if (is.null(d$cluster)) seq_along(d$stop) else d$cluster
  left <- if (is.null(d$start)) "Surv(stop, event)" else "Surv(start, stop, event)"
  again <- coxph(as.formula(paste(left, "~", right)), data, weights = w, ties = fit$method, robust = FALSE, control = exactly)
  stopifnot(all(abs(coef(again) - coef(fit)) < 1e-9))
  point <- as.data.frame(t(at)); names(point) <- paste0("v", seq_len(ncol(d$x)))
  codes <- if (is.null(d$stratum)) 0 else sort(unique(d$stratum[d$event == 1]))
  lapply(codes, function(s) {
    point$stratum <- s; point$o <- 0
    curve <- survfit(again, newdata = point, se.fit = TRUE)
    list(stratum = s, grid = grid, survival = step_at(curve$time, curve$surv, grid, 1),
         cumulative_hazard = step_at(curve$time, curve$cumhaz, grid, 0),
         std_error = step_at(curve$time, curve$std.err, grid, 0))
  })
}

answer <- function(name, d, ties, residuals = TRUE, curve = TRUE) {
  d$event <- as.numeric(d$event)
  if (is.null(d$terms)) d$terms <- as.list(seq_len(ncol(d$x)))
  fit <- fit_of(d, ties, NULL, FALSE)
  found <- list(data = name, ties = ties, rows = nrow(d$x), total_time = sum(as.numeric(d$stop)), total_events = sum(d$event),
                coefficients = I(unname(coef(fit))), covariance = unname(vcov(fit)), log_likelihood = fit$loglik,
                score = fit$score, wald = unname(fit$wald.test), zph = unname(zph_table(fit, FALSE)),
                zph_terms = unname(zph_table(fit, TRUE)))
  if (!is.null(d$cluster)) {
    robust <- fit_of(d, ties, NULL, TRUE)
    found$robust <- unname(vcov(robust)); found$robust_wald <- unname(robust$wald.test)
  }
  if (!is.null(d$ridge)) {
    faulty <- ties == "efron" && !is.null(d$start) && !is.null(d$weight)
    shrunken <- if (faulty) ridge_by_newton(d, ties) else fit_of(d, ties, d$ridge, FALSE)
    found$ridge <- list(penalties = I(d$ridge), coefficients = I(unname(shrunken$coefficients)), covariance = unname(shrunken$var),
                        log_likelihood = shrunken$loglik, penalty = shrunken$penalty[2])
  }
  if (residuals) {
    m <- (seq_len(nrow(d$x)) * 37) %% 101
    score <- as.matrix(residuals(fit, "score")); change <- as.matrix(residuals(fit, "dfbeta", weighted = TRUE))
    plain <- as.matrix(residuals(fit, "schoenfeld")); scaled <- as.matrix(residuals(fit, "scaledsch"))
    when <- d$stop[d$event == 1]
    stratum <- if (is.null(d$stratum)) rep(0, length(when)) else d$stratum[d$event == 1]
    when <- when[order(stratum, when)]
    found$residuals <- list(score = t(apply(score, 2, sums, m)), dfbeta = t(apply(change, 2, sums, m)),
                            schoenfeld = t(apply(plain, 2, sums, when)), scaled_schoenfeld = t(apply(scaled, 2, sums, when)),
                            martingale = I(sums(residuals(fit, "martingale"), m)))
  }
  if (curve) {
    at <- apply(d$x, 2, function(v) sort(v)[ceiling(length(v) / 3)])
    grid <- unique(round(seq(min(d$stop), max(d$stop), length.out = 12)))
    found$at <- I(unname(at)); found$curves <- survival_at(d, fit, at, grid)
  }
  found
}

numbers <- function(frame, columns) unname(as.matrix(sapply(columns, function(v) as.numeric(frame[[v]]))))
tenths <- function(n) ((seq_len(n) * 37) %% 100 + 1) / 10
whole <- function(n) 1 + (seq_len(n) * 13) %% 5

cancer <- na.omit(lung[, c("time", "status", "age", "sex", "ph.ecog", "wt.loss")])
inst <- na.omit(lung[, c("time", "status", "age", "sex", "ph.karno", "inst")])
pb <- na.omit(pbc[, c("time", "status", "age", "bili", "albumin", "edema", "protime", "sex")])
vet <- veteran
cells <- sapply(c("smallcell", "adeno", "large"), function(l) as.numeric(vet$celltype == l))
col <- na.omit(colon[, c("id", "rx", "sex", "age", "nodes", "status", "time", "etype", "extent")])
drugs <- function(d) cbind(d$rx == "Lev", d$rx == "Lev+5FU") * 1
nafld <- nafld1[!is.na(nafld1$male) & nafld1$futime > 0, ]

cases <- list(
  "cancer" = list(x = numbers(cancer, c("age", "sex", "ph.ecog", "wt.loss")), stop = cancer$time, event = cancer$status == 2,
                  ridge = c(1, 2, .5, 10), terms = list(1, 2:4)),
  "cancer, whole weights" = list(x = numbers(cancer, c("age", "sex", "ph.ecog")), stop = cancer$time,
                                 event = cancer$status == 2, weight = whole(nrow(cancer))),
  "cancer, weights in tenths" = list(x = numbers(cancer, c("age", "sex", "ph.ecog")), stop = cancer$time,
                                     event = cancer$status == 2, weight = tenths(nrow(cancer)),
                                     cluster = seq_len(nrow(cancer)) %% 17),
  "cancer, centres" = list(x = numbers(inst, c("age", "sex", "ph.karno")), stop = inst$time, event = inst$status == 2,
                           cluster = inst$inst),
  "cancer, strata" = list(x = numbers(inst, c("age", "ph.karno")), stop = inst$time, event = inst$status == 2,
                          stratum = inst$sex, cluster = inst$inst, ridge = c(3, .1)),
  "heart" = list(x = numbers(transform(heart, transplant = transplant == 1), c("age", "year", "surgery", "transplant")),
                 start = 2 * heart$start, stop = 2 * heart$stop, event = heart$event, cluster = heart$id,
                 ridge = c(0, 1, 2, 3), terms = list(1:2, 3, 4)),
  "heart, strata" = list(x = numbers(transform(heart, transplant = transplant == 1), c("age", "year", "transplant")),
                         start = 2 * heart$start, stop = 2 * heart$stop, event = heart$event, stratum = heart$surgery,
                         cluster = heart$id, weight = 1 + heart$id %% 4),
  "heart, time-dependent" = list(x = cbind(1 * (heart$transplant == 1)), start = 2 * heart$start, stop = 2 * heart$stop,
                                 event = heart$event),
  "jasa, ever" = list(x = cbind(jasa$transplant), stop = 2 * jasa$futime + 1, event = jasa$fustat),
  "ovarian" = list(x = numbers(ovarian, c("age", "resid.ds", "rx", "ecog.ps")), stop = ovarian$futime, event = ovarian$fustat,
                   ridge = rep(1, 4)),
  "bladder" = list(x = numbers(bladder, c("rx", "number", "size")), stop = bladder$stop, event = bladder$event,
                   stratum = bladder$enum, cluster = bladder$id),
  "bladder2" = list(x = numbers(bladder2, c("rx", "number", "size")), start = bladder2$start, stop = bladder2$stop,
                    event = bladder2$event, stratum = bladder2$enum, cluster = bladder2$id),
  "pbc" = list(x = cbind(pb$age, log(pb$bili), log(pb$albumin), log(pb$protime), pb$edema, 1 * (pb$sex == "f")),
               stop = pb$time, event = pb$status == 2, ridge = c(0, .5, 1, 2, 4, 8), terms = list(1, 2:4, 5, 6)),
  "pbc, offset" = list(x = cbind(log(pb$bili), pb$edema), stop = pb$time, event = pb$status == 2, offset = .04 * (pb$age - 50)),
  "veteran" = list(x = cbind(cells, vet$karno, vet$trt), stop = vet$time, event = vet$status, terms = list(1:3, 4, 5)),
  "veteran, strata" = list(x = cbind(vet$karno, vet$trt, vet$prior), stop = vet$time, event = vet$status,
                           stratum = as.numeric(vet$celltype)),
  "colon, deaths" = with(col[col$etype == 2, ], list(x = cbind(drugs(col[col$etype == 2, ]), sex, age, nodes), stop = time,
                                                     event = status, terms = list(1:2, 3, 4, 5))),
  "colon, both events" = list(x = cbind(drugs(col), col$sex, col$nodes, col$extent), stop = col$time, event = col$status,
                              stratum = col$etype, cluster = col$id),
  "nafld" = list(x = numbers(nafld, c("age", "male")), stop = nafld$futime, event = nafld$status)
)
real <- list()
for (name in names(cases)) for (ties in c("efron", "breslow")) real <- c(real, list(answer(name, cases[[name]], ties)))

rows <- read.csv(arguments[1])
random <- lapply(sort(unique(rows$data_set)), function(index) {
  d <- rows[rows$data_set == index, ]
  case <- list(x = numbers(d, c("x1", "x2", "x3")), start = d$start, stop = d$stop, event = d$event, weight = d$weight,
               cluster = d$cluster, ridge = c(.5, 1, 2))
  if (any(d$stratum > 0)) case$stratum <- d$stratum
  if (any(d$offset != 0)) case$offset <- d$offset
  c(list(data_set = index), answer("random", case, if (index %% 7 < 4) "efron" else "breslow"))
})
write_fixture(list(real = real, random = random), folder, "cox", "survival")
