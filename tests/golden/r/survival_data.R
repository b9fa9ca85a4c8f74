# Rscript survival_data.R FOLDER: survfit on the data of the survival package (R's own copies).
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "answers.R"))

one_curve <- function(data, start, stop, event, id = seq_along(stop), start_given = FALSE) {
  surv <- if (start_given) Surv(start, stop, event) else Surv(stop, event)
  c(list(data = data, rows = length(stop), total_time = sum(stop) - sum(start), total_events = sum(event)),
    single_event(surv, rep(1, length(stop)), id, id %% 7, round_grid(max(stop))))
}
right <- function(data, time, event) one_curve(data, 0 * time, time, event)
counting <- function(data, d) one_curve(data, d$start, d$stop, d$event, d$id, TRUE)

single <- list(
  right("cancer", lung$time, lung$status == 2),
  right("aml", aml$time, aml$status == 1),
  right("aml maintained", aml$time[aml$x == "Maintained"], aml$status[aml$x == "Maintained"] == 1),
  right("veteran", veteran$time, veteran$status == 1),
  right("veteran test arm", veteran$time[veteran$trt == 2], veteran$status[veteran$trt == 2] == 1),
  right("mgus2", mgus2$futime, mgus2$death == 1),
  right("myeloid", myeloid$futime, myeloid$death == 1),
  right("myeloid arm B", myeloid$futime[myeloid$trt == "B"], myeloid$death[myeloid$trt == "B"] == 1),
  right("jasa", jasa$futime, jasa$fustat == 1),
  counting("heart waiting", heart[heart$transplant == 0, ]),
  counting("heart transplanted", heart[heart$transplant == 1, ])
)

# Courses: a named matrix of event times (NA = never) in the order in which ties on one day happen; then two ticks a day,
# a second event on a tick moves to the half tick.
rows_of_courses <- function(when, follow_up, terminal) {
  rows <- lapply(seq_along(follow_up), function(i) {
    happened <- which(!is.na(when[i, ]))
    happened <- happened[order(when[i, happened], happened)]
    tick <- 2 * when[i, happened]
    for (k in seq_along(tick)[-1]) if (tick[k] <= tick[k - 1]) tick[k] <- tick[k - 1] + 1
    end <- 2 * follow_up[i]
    ended <- length(happened) > 0 && (happened[length(happened)] == terminal || tick[length(tick)] >= end)
    start <- c(0, tick); stop <- c(tick, end); origin <- c(0, happened); target <- c(happened, -1)
    if (ended) { start <- start[-length(start)]; stop <- stop[-length(stop)]
                 origin <- origin[-length(origin)]; target <- target[-length(target)] }
    data.frame(patient = i - 1, start = start, stop = stop, origin = origin, target = target)
  })
  d <- do.call(rbind, rows)
  d$weight <- 1; d$cluster <- d$patient %% 7
  d
}

several <- function(data, d, states, last_day, initial = NULL) {
  grid <- 2 * round_grid(last_day)
  list(data = data, rows = nrow(d), total_time = sum(d$stop - d$start), total_events = sum(d$target >= 0),
       by_row = multistate_by_row(d, states, grid, grid[c(10, 20)]),
       by_patient = multistate_by_patient(d, states, grid, c(1, rep(0, states - 1))))
}

mgus <- rows_of_courses(with(mgus2, cbind(ifelse(pstat == 1, ptime, NA), ifelse(death == 1, futime, NA))), mgus2$futime, 2)
myel <- rows_of_courses(with(myeloid, cbind(crtime, txtime, rltime, ifelse(death == 1, futime, NA))), myeloid$futime, 4)
hrt <- with(heart, data.frame(patient = id - 1, start = 2 * start, stop = 2 * stop, origin = (transplant == 1) * 1,
                              target = ifelse(event == 1, 2, ifelse(c(id[-1] == id[-length(id)], FALSE), 1, -1)), weight = 1))
hrt$cluster <- hrt$patient %% 7

multi <- list(several("mgus2", mgus, 3, max(mgus2$futime)), several("myeloid", myel, 5, max(myeloid$futime)),
              several("heart", hrt, 3, max(heart$stop)))
write_fixture(list(single = single, multi = multi), folder, "survival_data", "survival")
