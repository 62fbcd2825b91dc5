# Times fGarch, stats and forecast. Arguments: a JSON array of returns in percent. See timing-worker.ts.
options(warn = -1)
y <- scan(text = gsub("[][]", "", readLines(commandArgs(TRUE)[1], warn = FALSE)), sep = ",", quiet = TRUE)

aicc <- function(fit) { k <- length(fit$coef) + 1; -2 * fit$loglik + 2 * k * length(y) / (length(y) - k - 1) }
cases <- list(
  "stats:arima-101" = function() arima(y, c(1, 0, 1), method = "ML")$loglik,
  "stats:arima-grid" = function() {
    fits <- list()
    for (p in 0:2) for (q in 0:2) fits[[length(fits) + 1]] <- arima(y, c(p, 0, q), method = "ML")
    fits[[which.min(sapply(fits, aicc))]]$loglik
  }
)
versions <- paste("R", getRversion())
available <- function(package) suppressWarnings(suppressMessages(requireNamespace(package, quietly = TRUE)))

if (available("fGarch")) {
  # Attached: garchFit looks its formula's functions up on the search path.
  suppressMessages(library(fGarch))
  garch <- function(formula) {
    fit <- NULL
    # It prints in spite of trace = FALSE in some versions.
    capture.output(fit <- garchFit(formula, data = y, cond.dist = "std", trace = FALSE))
    -unname(fit@fit$llh)
  }
  cases[["fGarch:garch-t"]] <- function() garch(~ garch(1, 1))
  cases[["fGarch:arma-garch-t"]] <- function() garch(~ arma(1, 1) + garch(1, 1))
  versions <- c(versions, paste("fGarch", packageVersion("fGarch")))
}
if (available("forecast")) {
  cases[["forecast:arima-grid"]] <- function() {
    forecast::auto.arima(y, d = 0, max.p = 2, max.q = 2, max.order = 4, seasonal = FALSE, stepwise = FALSE,
                         approximation = FALSE, allowdrift = FALSE)$loglik
  }
  versions <- c(versions, paste("forecast", packageVersion("forecast")))
}

now <- function() proc.time()[["elapsed"]]
answer <- function(text) { cat(text, "\n", sep = ""); flush(stdout()) }
calibrate <- function() {
  x <- 0.5; steps <- 2e6
  begin <- now()
  for (i in seq_len(steps)) x <- 3.7 * x * (1 - x)
  (now() - begin) / steps * 1e9
}
invisible(compiler::enableJIT(3))
answer(sprintf('{"version": "%s", "cases": [%s], "calibration_ns": %.3f}', paste(versions, collapse = ", "),
               paste0('"', names(cases), '"', collapse = ", "), calibrate()))

input <- file("stdin", "r")
while (length(line <- readLines(input, n = 1)) > 0) {
  request <- strsplit(line, " ")[[1]]
  calls <- 0
  begin <- now()
  repeat {
    log_likelihood <- cases[[request[1]]]()
    calls <- calls + 1
    elapsed <- now() - begin
    if (elapsed >= as.numeric(request[2])) break
  }
  answer(sprintf('{"seconds": %.9f, "calls": %d, "found": {"log-likelihood": %.9f}}', elapsed / calls, as.integer(calls), log_likelihood))
}
