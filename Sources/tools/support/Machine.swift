import Foundation

/// Where a tool ran, as the store notes it.
public enum Machine {
    /// The machine's own name for itself; Foundation's asks name servers, which may take long.
    public static var name: String? {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The Slurm job, if any.
    public static var slurmJob: String? { ProcessInfo.processInfo.environment["SLURM_JOB_ID"] }
}
