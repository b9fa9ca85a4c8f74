# Rscript time_dependent.R FOLDER: tmerge and coxph with covariates that change, on heart, pbcseq and cgd0.
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "answers.R"))
exact <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 50)
answer <- function(fit, checks = TRUE) {
  found <- list(n = length(unique(fit$who)), events = fit$nevent, coefficients = I(unname(coef(fit))))
  naive <- if (is.null(fit$naive.var)) fit$var else fit$naive.var
  found$errors <- I(unname(sqrt(diag(naive))))
  if (!is.null(fit$naive.var)) found$robust <- I(unname(sqrt(diag(fit$var))))
  if (checks) {
    z <- cox.zph(fit)$table
    found$check <- I(unname(z[, "chisq"])); found$check_p <- I(unname(z[, "p"]))
  }
  found
}
fitted <- function(formula, data, checks = TRUE, ...) {
  # The call holds the data themselves: cox.zph evaluates it once more.
  fit <- do.call(coxph, c(list(formula, data, control = exact), as.list(substitute(list(...)))[-1]))
  used <- if (is.null(fit$na.action)) data$id else data$id[-fit$na.action]
  fit$who <- used
  answer(fit, checks)
}

# Stanford heart, days counted from 1 at acceptance. Patient 38 was transplanted and died on day 5: survival::heart moves
# the transplant to day 4.5 (`heart`); tmerge by itself counts the death as one without transplant (`one_day`).
stanford <- within(jasa, {
  id <- seq_len(nrow(jasa)); last <- as.numeric(fu.date - accept.dt) + 1; moved <- as.numeric(tx.date - accept.dt) + 1
  year <- as.numeric(accept.dt - as.Date("1967-10-01")) / 365.25; weight <- 1 + id %% 3; age10 <- age / 10 })
columns <- c("id", "age", "age10", "year", "surgery", "weight")
same <- tmerge(stanford[columns], stanford, id = id, death = event(last, fustat), trt = tdc(moved))
stanford$moved[stanford$moved %in% stanford$last & stanford$moved == stanford$last] <- 4.5
d <- tmerge(stanford[columns], stanford, id = id, death = event(last, fustat), trt = tdc(moved))
s <- "Surv(tstart, tstop, death) ~"
f <- function(...) as.formula(paste(s, paste(c(...), collapse = " + ")))
four <- c("trt", "age10", "surgery", "year")
shrunken <- coxph(Surv(tstart, tstop, death) ~ ridge(trt, age10, surgery, year, theta = 1 / .7^2, scale = FALSE), d,
                  control = exact)
published <- coxph(Surv(start, stop, event) ~ transplant, heart, control = exact)
heart_answers <- list(
  published = list(coefficients = I(unname(coef(published))), limits = I(unname(exp(confint(published)))[1, ])),
  heart = fitted(f("trt"), d), one_day = fitted(f("trt"), same), four = fitted(f(four), d),
  breslow = fitted(f(four), d, ties = "breslow"), stratified = fitted(f("trt", "age10", "year", "strata(surgery)"), d),
  weighted = fitted(f(four), d, weights = weight, cluster = id),
  shrunken = list(coefficients = I(unname(coef(shrunken))), errors = I(unname(sqrt(diag(shrunken$var))))))

# Primary biliary cirrhosis: visits with laboratory values; death, with transplant as another end.
base <- pbcseq[!duplicated(pbcseq$id), c("id", "futime", "status", "age", "trt")]
v <- pbcseq[c("id", "day", "bili", "protime", "chol", "edema")]
p <- tmerge(base[c("id", "age", "trt")], base, id = id, end = event(futime, status))
p <- tmerge(p, v, id = id, bili = tdc(day, bili), protime = tdc(day, protime), chol = tdc(day, chol),
            edema = tdc(day, edema), seen = tdc(day, day), visits = cumtdc(day))
p$death <- p$end == 2
p$high <- p$bili >= 2
by_event <- survSplit(Surv(tstart, tstop, death) ~ ., p, cut = sort(unique(p$tstop[p$death])))
by_event$waited <- (by_event$tstop - 1 - by_event$seen) / 100
pbc_answers <- list(
  rows = nrow(p), bilirubin = fitted(f("bili"), p), laboratory = fitted(f("bili", "protime", "I(age / 10)"), p),
  # Values not measured at the first visits: rows are left out.
  cholesterol = fitted(f("I(chol / 100)", "bili"), p), high = fitted(f("high", "factor(edema)"), p),
  visits = fitted(f("visits", "bili"), p), waited = fitted(f("waited", "bili"), by_event, checks = FALSE),
  transplant = fitted(Surv(tstart, tstop, end == 1) ~ bili + I(age / 10), p))

# Chronic granulomatous disease: repeated infections (Andersen-Gill), those so far as a covariate.
times <- reshape(cgd0[c("id", paste0("etime", 1:7))], direction = "long", idvar = "id", varying = list(2:8), v.names = "day")
times <- times[!is.na(times$day), ]
g <- tmerge(cgd0[c("id", "center", "treat", "inherit", "steroids")], cgd0, id = id, tstop = futime)
g <- tmerge(g, times, id = id, death = event(day), before = cumtdc(day))
model <- f("treat", "inherit", "before")
cgd_answers <- list(patient = fitted(model, g, cluster = id), center = fitted(model, g, cluster = center),
                    steroids = fitted(f("treat", "steroids"), g, cluster = id))

write_fixture(list(heart = heart_answers, pbc = pbc_answers, cgd = cgd_answers), folder, "time_dependent", "survival")
