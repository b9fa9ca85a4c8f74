# Rscript restricted_mean.R FOLDER: restricted mean survival time with the Greenwood-type standard error
# (survRM2::rmst1 and survfit's rmean) on the survRM2 sample (pbc, first 312 patients) and on lung, veteran, myeloid.
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "answers.R"))
suppressPackageStartupMessages(library(survRM2))

pbc312 <- pbc[1:312, ]
arm <- as.numeric(pbc312$trt == 1)
sample <- rmst2.sample.data()
stopifnot(all.equal(sample$time, pbc312$time / 365.25, tolerance = 1e-6))
published <- rmst2(sample$time, sample$status, sample$arm, tau = 10)
days <- rmst2(pbc312$time, as.numeric(pbc312$status == 2), arm, tau = 3652)

one <- function(data, time, event, horizons) {
  fit <- survfit(Surv(time, event) ~ 1)
  rows <- lapply(horizons, function(h) {
    r <- rmst2(c(time, time), c(event, event), rep(0:1, each = length(time)), tau = h)$RMST.arm1$result["RMST", ]
    table <- summary(fit, rmean = h)$table
    c(h, r[["Est."]], r[["se"]], table[["rmean"]], table[["se(rmean)"]])
  })
  list(data = data, columns = c("horizon", "survRM2", "survRM2_se", "survfit", "survfit_se"), rows = do.call(rbind, rows))
}
curves <- list(
  one("cancer", lung$time, as.numeric(lung$status == 2), c(100, 365, 700)),
  one("veteran", veteran$time, as.numeric(veteran$status == 1), c(100, 365, 500)),
  one("myeloid", myeloid$futime, as.numeric(myeloid$death == 1), c(365, 1000, 2000))
)
rmst_of <- function(fit) c(fit$RMST.arm1$result["RMST", c("Est.", "se")], fit$RMST.arm0$result["RMST", c("Est.", "se")],
                           fit$unadjusted.result[1, 1:3], fit$unadjusted.result[2, 1:3])
write_fixture(list(sample_years = unname(rmst_of(published)), sample_days = unname(rmst_of(days)), curves = curves),
              folder, "restricted_mean", c("survival", "survRM2"))
