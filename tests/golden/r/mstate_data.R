# Rscript mstate_data.R FOLDER: ebmt3, ebmt4 and aidssi from the mstate package; survfit (IJ), probtrans (Aalen,
# Greenwood) and landmark Aalen-Johansen. LMAJ itself breaks ties as Efron does, which is not Aalen-Johansen (differences
# up to 4e-3 on ebmt3), so its steps (xsect, cutLMms, msfit, probtrans) are repeated with method = "breslow". Times stay as they are in R (days with decimals, years).
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "answers.R"))
suppressPackageStartupMessages(library(mstate))
data(ebmt3); data(ebmt4); data(aidssi)

# Long rows of msprep -> one row a stay, with the state entered at its end.
stays <- function(long, trans) {
  key <- paste(long$id, long$from, long$Tstart)
  first <- !duplicated(key)
  entered <- tapply(ifelse(long$status == 1, long$to, 0), key, max)[key[first]]
  d <- data.frame(patient = long$id[first] - 1, start = long$Tstart[first], stop = long$Tstop[first],
                  origin = long$from[first] - 1, target = as.integer(entered) - 1, weight = 1)
  d$cluster <- d$patient %% 7
  d[order(d$patient, d$start), ]
}

answer <- function(data, long, trans, states, landmarks) {
  d <- stays(long, trans)
  grid <- round_grid(max(d$stop))
  fit <- coxph(Surv(Tstart, Tstop, status) ~ strata(trans), data = long, method = "breslow")
  named <- lapply(c(aalen = "aalen", greenwood = "greenwood"), function(kind) {
    hazards <- msfit(fit, vartype = kind, trans = trans)
    found <- probtrans(hazards, predt = 0, method = kind)[[1]]
    se <- sapply(seq_len(states), function(j) step_at(found$time, found[[paste0("se", j)]], grid, 0))
    p <- sapply(seq_len(states), function(j) step_at(found$time, found[[paste0("pstate", j)]], grid, 0))
    list(probability = p, se = se)
  })
  landmark <- lapply(landmarks, function(mark) {
    there <- xsect(long, mark$day)
    cut <- cutLMms(long, LM = mark$day)
    cut <- cut[cut$id %in% there$id[there$state == mark$from], ]
    kept <- sort(unique(cut$trans))
    cut$trans <- factor(cut$trans)
    hazards <- msfit(coxph(Surv(Tstart, Tstop, status) ~ strata(trans), data = cut, method = "breslow"), trans = trans)
    hazards$Haz$trans <- kept[hazards$Haz$trans]
    hazards$varHaz$trans1 <- kept[hazards$varHaz$trans1]
    hazards$varHaz$trans2 <- kept[hazards$varHaz$trans2]
    found <- suppressWarnings(probtrans(hazards, predt = mark$day, method = "aalen"))[[mark$from]]
    later <- grid[grid > mark$day]
    list(day = mark$day, from = mark$from - 1, grid = later,
         probability = sapply(seq_len(states), function(j) step_at(found$time, found[[paste0("pstate", j)]], later, 0)),
         se = sapply(seq_len(states), function(j) step_at(found$time, found[[paste0("se", j)]], later, 0)))
  })
  list(data = data, rows = nrow(d), total_time = sum(d$stop - d$start), total_events = sum(d$target >= 0),
       by_row = multistate_by_row(d, states, grid, numeric(0)),
       by_patient = multistate_by_patient(d, states, grid, c(1, rep(0, states - 1))),
       aalen = named$aalen, greenwood = named$greenwood, landmarks = landmark)
}

three <- transMat(list(c(2, 3), 3, c()), names = c("Tx", "PR", "RelDeath"))
long3 <- msprep(time = c(NA, "prtime", "rfstime"), status = c(NA, "prstat", "rfsstat"), data = ebmt3, trans = three)
six <- transMat(list(c(2, 3, 5, 6), c(4, 5, 6), c(4, 5, 6), c(5, 6), c(), c()))
long4 <- msprep(time = c(NA, "rec", "ae", "recae", "rel", "srv"), status = c(NA, "rec.s", "ae.s", "recae.s", "rel.s", "srv.s"),
                data = ebmt4, trans = six)

multi <- list(answer("ebmt3", long3, three, 3, list(list(day = 30, from = 1), list(day = 100, from = 2))),
              answer("ebmt4", long4, six, 6, list(list(day = 100, from = 2), list(day = 100, from = 3))))

# aidssi: competing risks, time in thousandths of a year.
times <- round(aidssi$time * 1000)
grid <- round_grid(max(times), 100)
star <- survfit(Surv(times, factor(aidssi$status, 0:2)) ~ 1, id = seq_along(times))
named <- Cuminc(times, aidssi$status)
aids <- list(data = "aidssi", rows = length(times), total_time = sum(times), total_events = sum(aidssi$status > 0),
             grid = grid,
             probability = rbind(c(1, 0, 0), star$pstate)[findInterval(grid, star$time) + 1, ],
             ij_se = rbind(0, star$std.err)[findInterval(grid, star$time) + 1, ],
             greenwood_se = cbind(step_at(named$time, named$seSurv, grid, 0), step_at(named$time, named$seCI.1, grid, 0),
                                  step_at(named$time, named$seCI.2, grid, 0)))

write_fixture(list(multi = multi, competing = aids), folder, "mstate_data", c("survival", "mstate"))
