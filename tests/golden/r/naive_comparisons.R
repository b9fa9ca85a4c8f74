# Rscript naive_comparisons.R FOLDER: five naive ways to compare treated with untreated patients, on Stanford heart
# (survival::jasa and survival::heart) and survival::myeloid (transplant in first remission), with R's own functions.
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "answers.R"))
month <- 365.25 / 12

# One arm on a grid of days: survfit with the infinitesimal jackknife, log-log limits.
arm <- function(d, days) {
  at <- days + 2e-4                       # an event on the day that a clock starts lies at 1e-4, see `fresh`
  fit <- survfit(Surv(start, stop, event) ~ 1, data = d, id = id, weights = weight, robust = TRUE, conf.type = "log-log")
  plain <- survfit(Surv(start, stop, event) ~ 1, data = d)
  list(n = length(unique(d$id)), events = sum(d$event),
       survival = step_at(fit$time, fit$surv, at, 1), se = step_at(fit$time, fit$std.err, at, 0),
       lower = step_at(fit$time, fit$lower, at, 1), upper = step_at(fit$time, fit$upper, at, 1),
       at_risk = vapply(days, function(day) sum(d$start < pmax(day, 1e-9) & d$stop >= day), 1),
       events_by = step_at(plain$time, cumsum(plain$n.event), at, 0))
}

# Standard error of the difference when clusters lie in both arms: their influences on the two curves are added up first.
joint_error <- function(treated, untreated, days) {
  influence <- function(d) {
    d$row <- seq_len(nrow(d))
    fit <- survfit(Surv(start, stop, event) ~ 1, data = d, id = row, weights = weight, robust = TRUE, influence = 1)
    u <- cbind(0, fit$influence.surv * d$weight)[, findInterval(days, fit$time) + 1, drop = FALSE]
    sums <- matrix(0, 7, length(days))
    for (k in seq_len(nrow(u))) sums[d$cluster[k] + 1, ] <- sums[d$cluster[k] + 1, ] + u[k, ]
    sums
  }
  sqrt(colSums((influence(treated) - influence(untreated))^2))
}

ratio <- function(fit) {
  s <- summary(fit)$coefficients
  error <- if ("robust se" %in% colnames(s)) s[1, "robust se"] else s[1, "se(coef)"]
  list(log_ratio = unname(s[1, "coef"]), error = unname(error), ratio = unname(s[1, "exp(coef)"]))
}

rung <- function(treated, untreated, days, headline) {
  both <- rbind(transform(untreated, z = 0), transform(treated, z = 1))
  model <- Surv(start, stop, event) ~ z
  precise <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 50)
  one <- arm(treated, headline); other <- arm(untreated, headline)
  fit <- coxph(model, both, control = precise)
    list(treated = arm(treated, days), untreated = arm(untreated, days),
       difference = one$survival - other$survival, difference_se = sqrt(one$se^2 + other$se^2),
       clustered_se = joint_error(treated, untreated, headline),
       cox = ratio(fit),
       robust = ratio(coxph(model, both, cluster = both$cluster, control = precise)),
       weighted = ratio(coxph(model, both, weights = both$alternative, cluster = both$id, control = precise)),
       test = hypergeometric(both))
}

# Log-rank test with delayed entry from its definition (Mantel 1966; Mantel and Byar 1974): survdiff refuses delayed entry.
hypergeometric <- function(d) {
  time <- sort(unique(d$stop[d$event == 1]))
  terms <- vapply(time, function(u) {
    risk <- d$start < u & d$stop >= u; dead <- d$event == 1 & d$stop == u
    y <- sum(risk); y1 <- sum(risk & d$z == 1); k <- sum(dead)
    c(sum(dead & d$z == 1) - k * y1 / y, if (y > 1) k * (y - k) / (y - 1) * y1 / y * (1 - y1 / y) else 0)
  }, c(0, 0))
  statistic <- sum(terms[1, ])^2 / sum(terms[2, ])
  list(statistic = statistic, p = pchisq(statistic, 1, lower.tail = FALSE))
}

# time, status, treated on day `wait` (NA = never; a treatment on the day of the patient's own event precedes it).
ladder <- function(time, status, wait, landmarks, days, headline) {
  id <- seq_along(time); ever <- !is.na(wait)
  d <- data.frame(id = id, start = 0, stop = time, event = status, weight = 1, cluster = id %% 7, alternative = 1 + id %% 3)
  # R refuses an empty interval: whoever leaves on the day that the clock starts is at risk on it, up to 1e-4.
  fresh <- transform(d, stop = ifelse(ever, pmax(time - wait, 1e-4), time))
  own <- ever & wait == time & status == 1
  change <- ifelse(own, wait - .5, wait)
  before <- transform(d, stop = pmin(time, change, na.rm = TRUE), event = ifelse(!ever, status, 0))
  after <- transform(d, start = change)[ever & change < time, ]
  at <- function(month_of) {
    L <- floor(month_of * month)
    there <- time > L; by <- ever & wait <= L
    later <- days[days >= month_of * month]
    c(list(month = month_of, days = I(later)),
      rung(d[there & by, ], d[there & !by, ], later, headline[headline > month_of * month]))
  }
  list(days = days, headline = headline,
       N1 = rung(d[ever, ], d[!ever, ], days, headline),
       N2 = rung(fresh[ever, ], d[!ever, ], days, headline),
       N3 = lapply(landmarks, at),
       N4 = rung(after, before, days, headline))
}

# Stanford heart. As in survival::heart, the day of acceptance is day 1.
heart_headline <- month * c(3, 12, 24, 36)
stanford <- with(jasa, ladder(futime + 1, fustat, ifelse(transplant == 1, wait.time + 1, NA), c(1, 2, 3, 6),
                              month * c(0, 1, 2, 3, 6, 9, 12, 18, 24, 30, 36), heart_headline))
# The published calls themselves, on R's own data frames.
published <- list(
  naive = ratio(coxph(Surv(futime, fustat) ~ transplant, jasa)),
  naive_interval = I(unname(summary(coxph(Surv(futime, fustat) ~ transplant, jasa))$conf.int[1, 3:4])),
  time_dependent = ratio(coxph(Surv(start, stop, event) ~ transplant, heart)),
  time_dependent_interval = I(unname(summary(coxph(Surv(start, stop, event) ~ transplant, heart))$conf.int[1, 3:4])),
  log_rank = unname(survdiff(Surv(futime, fustat) ~ transplant, jasa)$chisq),
  days = I(month * c(1, 2, 3, 6, 12, 24, 36)),
  simon_makuch = lapply(0:1, function(z) {
    fit <- survfit(Surv(start, stop, event) ~ 1, heart[heart$transplant == z, ], id = id, robust = TRUE)
    list(survival = step_at(fit$time, fit$surv, month * c(1, 2, 3, 6, 12, 24, 36), 1),
         se = step_at(fit$time, fit$std.err, month * c(1, 2, 3, 6, 12, 24, 36), 0))
  })
)

# Myeloid from first remission, without relapse or transplant so far (the shipped protocol).
m <- subset(myeloid, !is.na(crtime))
m <- subset(m, (is.na(txtime) | txtime > crtime) & (is.na(rltime) | rltime > crtime) & futime > crtime)
os <- m$futime - m$crtime; tx <- m$txtime - m$crtime; rl <- m$rltime - m$crtime
dfs <- pmin(os, rl, na.rm = TRUE); failed <- as.integer(!is.na(rl) | m$death == 1)
grid <- month * c(0, 1, 3, 6, 9, 12, 18, 24, 30, 36, 48, 60)
headline <- month * c(12, 24, 36, 60)
remission <- list(
  dfs = ladder(dfs, failed, ifelse(!is.na(tx) & tx <= dfs, tx, NA), c(3, 6), grid, headline),
  os = ladder(os, m$death, tx, c(3, 6), grid, headline)
)
write_fixture(list(heart = stanford, published = published, myeloid = remission), folder, "naive_comparisons", "survival")
