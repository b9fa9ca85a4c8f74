# Rscript grouped_hazard.R GROUPS.csv VETERAN.csv FOLDER: stats::glm, binomial with the complementary log-log link.
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "answers.R"))
paths <- commandArgs(trailingOnly = TRUE)

# Case weights in tenths make successes that are no integers, of which glm warns. Weights are a column.
fitted_by_glm <- function(formula, data, start) {
  environment(formula) <- environment()
  strict <- glm.control(epsilon = 1e-15, maxit = 200)
  suppressWarnings(glm(formula, binomial("cloglog"), data, weights = weight, start = start, control = strict))
}
all_groups <- read.csv(paths[1])
random <- lapply(sort(unique(all_groups$data_set)), function(set) {
  groups <- data.frame(all_groups[all_groups$data_set == set, ], weight = 1)
  fit <- fitted_by_glm(cbind(starts, others) ~ 0 + factor(piece) + number + mark, groups, c(-3, -3, 0, 0))
  list(data_set = set, converged = as.integer(fit$converged), coefficients = unname(coef(fit)),
       hazard = unname(exp(predict(fit))))
})

# Real patients, not in groups: a row for each day of each of them, with a case weight of the patient.
veteran <- read.csv(paths[2])
veteran$weight <- 1 + (seq_len(nrow(veteran)) %% 3) / 2
long <- veteran[rep(seq_len(nrow(veteran)), veteran$time), ]
last <- cumsum(veteran$time)
long$died <- 0
long$died[last] <- veteran$status
fit <- fitted_by_glm(died ~ 0 + celltype + I(trt == 2) + I(karno / 10), long, c(-5, -5, -5, -5, 0, 0))
real <- list(converged = as.integer(fit$converged), rows = nrow(long), coefficients = unname(coef(fit)), names = names(coef(fit)))
write_fixture(list(random = random, veteran = real), folder, "grouped_hazard", "stats")
