//! What a running process has used: processor time and memory, as Linux reports them.

use std::ops::Sub;

use anyhow::Context as _;

/// Ticks a second of the times in `/proc`: fixed for programs, whatever the kernel's own rate (`proc(5)`, `USER_HZ`).
const TICKS_A_SECOND: f64 = 100.0;

/// Processor time, in seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CpuTime {
    user: f64,
    kernel: f64,
}

impl CpuTime {
    pub(crate) fn seconds(self) -> f64 {
        self.user + self.kernel
    }

    /// The share of it that was spent in the kernel, from 0 to 1.
    pub(crate) fn kernel_share(self) -> f64 {
        self.kernel / self.seconds()
    }
}

impl Sub for CpuTime {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            user: self.user - earlier.user,
            kernel: self.kernel - earlier.kernel,
        }
    }
}

/// Processor time since the start.
///
/// # Errors
/// When the process is gone, or this is not Linux.
pub(crate) fn cpu_time(pid: u32) -> anyhow::Result<CpuTime> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name is in brackets and may contain anything.
    let (_, rest) = stat.rsplit_once(')').context("no name in stat")?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut seconds = || -> anyhow::Result<f64> {
        Ok(fields.next().context("short stat")?.parse::<f64>()? / TICKS_A_SECOND)
    };
    Ok(CpuTime {
        user: seconds()?,
        kernel: seconds()?,
    })
}

/// User and system time since the start, in seconds.
///
/// # Errors
/// As for [`cpu_time`].
pub(crate) fn cpu_seconds(pid: u32) -> anyhow::Result<f64> {
    Ok(cpu_time(pid)?.seconds())
}

/// Resident memory at its highest, in MiB.
///
/// # Errors
/// When the process is gone, or this is not Linux.
pub(crate) fn peak_resident_mib(pid: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line
        .and_then(|line| line.split_whitespace().next())
        .context("no VmHWM in status")?;
    Ok(kib.parse::<f64>()? / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::{cpu_seconds, peak_resident_mib};

    #[test]
    fn reads_its_own_process() {
        let pid = std::process::id();
        assert!(cpu_seconds(pid).unwrap() >= 0.0);
        assert!(peak_resident_mib(pid).unwrap() > 0.5);
    }
}
