# Rscript stratified_cox.R FOLDER: coxph (Breslow) with the three transitions of ebmt3 as strata, and mstate's msfit, for
# two patients. `specific`: every transition has coefficients of its own (Putter, Fiocco, Geskus 2007, Table III);
# `common`: all share theirs, so that the strata cannot be fitted one by one and the hazards are correlated.
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "answers.R"))
suppressPackageStartupMessages(library(mstate))
data(ebmt3)

three <- transMat(list(c(2, 3), 3, c()), names = c("Tx", "PR", "RelDeath"))
covariates <- c("dissub", "age", "drmatch", "tcd")
long <- msprep(time = c(NA, "prtime", "rfstime"), status = c(NA, "prstat", "rfsstat"), data = ebmt3, trans = three,
               keep = covariates)
expanded <- expand.covs(long, covariates, longnames = FALSE)
columns <- setdiff(grep("[.][123]$", names(expanded), value = TRUE), names(long))
exact <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 50)
fit <- function(terms, data) {
  coxph(as.formula(paste("Surv(Tstart, Tstop, status) ~", paste(c(terms, "strata(trans)"), collapse = " + "))),
        data = data, method = "breslow", control = exact)
}

# AML, at most 20 years, no gender mismatch, no TCD; and CML, above 40 years, gender mismatch, TCD.
reference <- data.frame(dissub = "AML", age = "<=20", drmatch = "No gender mismatch", tcd = "No TCD")
other <- data.frame(dissub = "CML", age = ">40", drmatch = "Gender mismatch", tcd = "TCD")
patient <- function(profile) {
  rows <- do.call(rbind, lapply(1:3, function(k) cbind(profile, trans = k)))
  for (name in covariates) rows[[name]] <- factor(rows[[name]], levels(ebmt3[[name]]))
  attr(rows, "trans") <- three
  class(rows) <- c("msdata", "data.frame")
  rows <- expand.covs(rows, covariates, longnames = FALSE)
  rows$strata <- 1:3
  as.data.frame(rows)
}

# Hazards of transitions 1, 2, 3, and their covariances 11, 12, 13, 22, 23, 33.
grid <- c(round_grid(max(long$Tstop)), 2284)
hazards <- function(model, profile) {
  found <- msfit(model, newdata = patient(profile), trans = three)
  pairs <- unique(found$varHaz[c("trans1", "trans2")])
  list(hazard = sapply(1:3, function(k) with(found$Haz[found$Haz$trans == k, ], step_at(time, Haz, grid, 0))),
       covariance = sapply(seq_len(nrow(pairs)), function(i) {
         here <- found$varHaz$trans1 == pairs$trans1[i] & found$varHaz$trans2 == pairs$trans2[i]
         with(found$varHaz[here, ], step_at(time, varHaz, grid, 0))
       }))
}

answer <- function(model) {
  list(coefficients = I(unname(coef(model))), errors = I(unname(sqrt(diag(model$var)))), log_likelihood = model$loglik[2],
       reference = hazards(model, reference), other = hazards(model, other))
}

# Coefficients of `specific` by transition: ALL, CML, age 20-40, age > 40, gender mismatch, T-cell depletion, three times.
by_transition <- columns[order(sub(".*[.]", "", columns))]
write_fixture(list(grid = grid, rows = nrow(long), specific = answer(fit(by_transition, expanded)),
                   common = answer(fit(covariates, long))), folder, "stratified_cox", c("survival", "mstate"))
