# Rscript prognosis.R BMT.csv MYELOID.csv FOLDER: the prognostic tables of the shipped protocols bmt and myeloid with R's own functions:
# risks by group at time zero and at landmarks (survfit), ratios alone, together and with a normal prior (coxph, ridge),
# Fine and Gray (cmprsk::crr), tests of groups (survdiff, cmprsk::cuminc) and of proportional hazards (cox.zph).
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "answers.R"))
suppressPackageStartupMessages(library(cmprsk))
bmt <- read.csv(commandArgs(trailingOnly = TRUE)[1])
myeloid <- read.csv(commandArgs(trailingOnly = TRUE)[2])  # survival 3.5-3 has no column flt3
month <- 365.25 / 12
precise <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 100)

# Risk by a day in one group: infinitesimal jackknife, one cause by Kaplan-Meier, two by Aalen-Johansen.
risk <- function(d, day, competing) {
  d$row <- seq_len(nrow(d))
  if (competing) {
    d$status <- factor(d$cause, 0:2, c("censored", "event", "other"))
    fit <- survfit(Surv(time, status) ~ 1, data = d, id = row)
    column <- match("event", fit$states)
    value <- fit$pstate[, column]; error <- fit$std.err[, column]; before <- 0
  } else {
    fit <- survfit(Surv(time, cause > 0) ~ 1, data = d, id = row, robust = TRUE, conf.type = "log-log")
    value <- fit$surv; error <- fit$std.err; before <- 1
  }
  at <- function(x, b) step_at(fit$time, x, day, b)
  list(n = nrow(d), events = sum(d$time <= day & if (competing) d$cause == 1 else d$cause > 0),
       at_risk = sum(d$time >= ceiling(day)), estimate = at(value, before), error = at(error, 0))
}

test <- function(d, group, competing) {
  if (competing) {
    found <- cuminc(d$time, d$cause, group)$Tests["1", ]
    list(statistic = unname(found["stat"]), df = unname(found["df"]), p = unname(found["pv"]))
  } else {
    found <- survdiff(Surv(time, cause > 0) ~ group, data = d)
    list(statistic = found$chisq, df = length(found$n) - 1, p = found$pvalue)
  }
}

judge <- function(d, group, day, competing) {
  group <- factor(group)
  list(levels = I(levels(group)), risks = lapply(levels(group), function(g) risk(d[group == g, ], day, competing)),
       test = if (nlevels(group) > 1) test(d, group, competing) else list())
}

ratios <- function(fit, columns) {
  robust <- !is.null(fit$naive.var)
  list(columns = I(columns), coefficient = I(unname(coef(fit))), error = I(sqrt(diag(fit$var))),
       n = fit$n, events = fit$nevent, wald = unname(fit$wald.test))
}

# One outcome: d has time and cause (1 event, 2 competing), z the fixed columns, groups the categories at time zero,
# changes the days from which something is so (NA: never).
outcome <- function(d, z, terms, groups, changes, months, by, sd, competing) {
  day <- month * by
  start <- lapply(changes, function(x) ifelse(!is.na(x) & x <= 0, "yes", "no"))
  zero <- lapply(c(groups, start), function(g) judge(d, g, day, competing))
  later <- lapply(months, function(m) {
    s <- floor(m * month); there <- d$time > s
    left <- data.frame(time = d$time[there] - s, cause = d$cause[there])
    c(list(month = m), list(judged = lapply(changes, function(x)
      judge(left, ifelse(!is.na(x) & x <= s, "yes", "no")[there], (m + by) * month - s, competing))))
  })
  whole <- cbind(id = seq_len(nrow(d)), d, z)
  long <- tmerge(whole, whole, id = id, event = event(time, cause == 1 | (!competing & cause > 0)))
  for (name in names(changes)) {
    dated <- data.frame(id = whole$id, when = changes[[name]])
    long <- tmerge(long, dated, id = id, new = tdc(when))
    names(long)[names(long) == "new"] <- name
  }
  surv <- Surv(long$tstart, long$tstop, long$event)
  columns <- c(names(z), names(changes)); x <- as.matrix(long[, columns])
  fit <- function(chosen) {
    kept <- x[, chosen, drop = FALSE]
    ratios(coxph(surv ~ kept, control = precise), chosen)
  }
  together <- coxph(surv ~ x, control = precise)
  theta <- 1 / sd^2
  shrunken <- coxph(surv ~ ridge(x, theta = theta, scale = FALSE), control = precise)
  pieces <- c(terms, as.list(setNames(names(changes), names(changes))))
  checked <- coxph(as.formula(paste("surv ~", paste(sprintf("x[, c(%s)]", vapply(pieces, function(p)
    paste(match(p, columns), collapse = ","), "")), collapse = " + "))), control = precise)
  zph <- cox.zph(checked)$table
  fine_gray <- if (competing) lapply(c(terms, list(unlist(terms, use.names = FALSE))), function(chosen) {
    x <- as.matrix(z[, chosen, drop = FALSE])
    first <- crr(d$time, d$cause, x, gtol = 1e-12, maxiter = 60)
    # crr ends when its line search does: one more Newton step, and all its answers there.
    found <- crr(d$time, d$cause, x, gtol = 1e-7, maxiter = 60, init = unname(first$coef + solve(first$inf, first$score)))
    # finegray takes censoring on the day of an event as later than the event, as a cohort does; crr takes them together.
    long <- finegray(Surv(time, factor(cause, 0:2)) ~ ., data = cbind(d, place = seq_len(nrow(d))), etype = "1")
    later <- x[long$place, , drop = FALSE]
    later <- coxph(Surv(fgstart, fgstop, fgstatus) ~ later, data = long, weights = fgwt, ties = "breslow", control = precise)
    list(columns = I(chosen), coefficient = I(unname(found$coef)), error = I(sqrt(diag(found$var))),
         censored_later = I(unname(coef(later))))
  }) else list()
  list(zero = zero, later = later, alone = unname(lapply(pieces, fit)), together = ratios(together, columns),
       shrunken = ratios(shrunken, columns), fine_gray = unname(fine_gray),
       zph = list(about = I(c(names(pieces), "all")), statistic = I(unname(zph[, "chisq"])), df = I(unname(zph[, "df"])),
                  p = I(unname(zph[, "p"]))))
}

cut_at <- function(x, cuts) factor(findInterval(x, cuts, left.open = TRUE))

# Klein and Moeschberger's transplants (the shipped protocol bmt).
z <- with(bmt, data.frame(`group=1` = group == 1, `group=3` = group == 3, `fab=yes` = z8, `age + 10` = z1 / 10,
  `donor_age + 10` = z2 / 10, `waiting + 100` = z7 / 100, `methotrexate=yes` = z10, check.names = FALSE) * 1)
terms <- list(group = c("group=1", "group=3"), fab = "fab=yes", age = "age + 10", donor_age = "donor_age + 10",
              waiting = "waiting + 100", methotrexate = "methotrexate=yes")
yes <- function(x) ifelse(x == 1, "yes", "no")
groups <- with(bmt, list(group = factor(group), fab = yes(z8), age = cut_at(z1, 30), donor_age = cut_at(z2, 30),
                         waiting = cut_at(z7, 180), methotrexate = yes(z10)))
changes <- with(bmt, list(`recovered=yes` = ifelse(dp == 1, tp, NA), `acute_gvhd=yes` = ifelse(da == 1, ta, NA)))
one <- function(time, cause, competing)
  outcome(data.frame(time, cause), z, terms, groups, changes, c(1, 3), 24, .7, competing)
transplants <- with(bmt, list(os = one(t1, d1, FALSE), dfs = one(t2, d3, FALSE),
                              relapse = one(t2, ifelse(d3 == 0, 0, ifelse(d2 == 1, 1, 2)), TRUE),
                              nrm = one(t2, ifelse(d3 == 0, 0, ifelse(d2 == 1, 2, 1)), TRUE)))

# Myeloid from first remission, without relapse or transplant so far (the shipped protocol).
m <- subset(myeloid, !is.na(crtime))
m <- subset(m, (is.na(txtime) | txtime > crtime) & (is.na(rltime) | rltime > crtime) & futime > crtime)
os <- m$futime - m$crtime; rl <- m$rltime - m$crtime; tx <- m$txtime - m$crtime
dfs <- pmin(os, rl, na.rm = TRUE); relapsed <- !is.na(rl); failed <- relapsed | m$death == 1
z <- with(m, data.frame(`trt=B` = trt == "B", `sex=m` = sex == "m", `flt3=B` = flt3 == "B", `flt3=C` = flt3 == "C",
                        check.names = FALSE) * 1)
terms <- list(trt = "trt=B", sex = "sex=m", flt3 = c("flt3=B", "flt3=C"))
groups <- with(m, list(trt = as.character(trt), sex = as.character(sex), flt3 = as.character(flt3)))
one <- function(time, cause, competing) {
  wait <- ifelse(!is.na(tx) & tx < time, tx, NA)  # later transplants change nothing; at the end itself there is no interval
  outcome(data.frame(time, cause), z, terms, groups, list(`transplanted=yes` = wait), c(3, 6), 36, .7, competing)
}
remission <- list(os = one(os, m$death, FALSE), dfs = one(dfs, failed * 1, FALSE),
                  relapse = one(dfs, ifelse(!failed, 0, ifelse(relapsed, 1, 2)), TRUE),
                  nrm = one(dfs, ifelse(!failed, 0, ifelse(relapsed, 2, 1)), TRUE))

write_fixture(list(bmt = transplants, myeloid = remission), folder, "prognosis", c("survival", "cmprsk"))
