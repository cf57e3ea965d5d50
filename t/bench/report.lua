-- wrk: the end of a run in a form that a program reads.
function done(summary, latency)
    local errors = summary.errors
    io.write(string.format("requests=%d microseconds=%d p50=%d p99=%d longest=%d failed=%d\n",
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
