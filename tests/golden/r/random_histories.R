# Rscript random_histories.R ROWS.csv FOLDER: answers for the 200 random data sets of random_histories.py.
arguments <- commandArgs(trailingOnly = TRUE)
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "answers.R"))
rows <- read.csv(arguments[1])
grids <- read.csv(arguments[2])

answer <- function(index) {
  d <- rows[rows$data_set == index, ]
  grid <- grids$tick[grids$data_set == index]
  states <- d$states[1]
  if (states == 2) {
    found <- single_event(Surv(d$start, d$stop, d$target == 1), d$weight, d$patient, d$cluster, grid)
    return(c(list(data_set = index), found))
  }
  horizons <- if (index %% 4 == 1) grid[c(4, 8, 12)] else integer(0)
  found <- list(data_set = index, by_row = multistate_by_row(d, states, grid, horizons))
  constant <- all(tapply(d$weight, d$patient, function(w) all(w == w[1])))
  gap <- any(d$patient[-1] == d$patient[-nrow(d)] & d$start[-1] > d$stop[-nrow(d)])
  if (constant && !gap) {
    initial <- rev(seq_len(states) - 1) / sum(seq_len(states) - 1)
    found$by_patient <- multistate_by_patient(d, states, grid, initial)
  }
  found
}

write_fixture(lapply(0:199, answer), folder, "random_histories", "survival")
