import Foundation

/// Best wall-clock and processor time of several runs, in milliseconds. The best is what the machine can do; on a busy
/// machine processor time on one thread is the fairer of the two.
struct Timing {
    var wall = Double.infinity
    var processor = Double.infinity

    static func best(of runs: Int, _ body: () -> Void) -> Timing {
        body()
        var timing = Timing()
        for _ in 0..<runs {
            let (wall, processor) = (seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID))
            body()
            timing.wall = min(timing.wall, 1000 * (seconds(CLOCK_MONOTONIC) - wall))
            timing.processor = min(timing.processor, 1000 * (seconds(CLOCK_PROCESS_CPUTIME_ID) - processor))
        }
        return timing
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
