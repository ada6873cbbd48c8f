//! What is told of a run: for people, in the form of Kafka's perf test, and for programs.

use std::fmt::Write as _;

use klamm::metrics::Distribution;
use serde_json::json;

/// What was measured.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Figures {
    pub(super) acked: u64,
    pub(super) failed: u64,
    /// From the first record's beginning to the last one's end.
    pub(super) seconds: f64,
    /// Bytes of values.
    pub(super) value_bytes: u64,
    /// Bytes that went out, requests and all.
    pub(super) wire_bytes: u64,
    /// Batches as they were sent, their bytes, and how many of them were sent again.
    pub(super) batches: u64,
    pub(super) batch_bytes: u64,
    pub(super) retried: u64,
    /// Seconds of processor time, where the system tells.
    pub(super) processor: Option<f64>,
    /// In nanoseconds.
    pub(super) latency: Distribution,
}

/// The shares that are told, with their names for programs.
const SHARES: [(&str, f64); 7] = [
    ("p50", 0.5),
    ("p75", 0.75),
    ("p90", 0.9),
    ("p95", 0.95),
    ("p99", 0.99),
    ("p999", 0.999),
    ("p9999", 0.9999),
];

/// So many bytes are a MB to the perf test.
const MB: f64 = 1024.0 * 1024.0;

impl Figures {
    /// Records in a second.
    fn rate(&self) -> f64 {
        float(self.acked) / self.seconds.max(1e-9)
    }

    /// MB of values in a second.
    fn megabytes(&self) -> f64 {
        float(self.value_bytes) / MB / self.seconds.max(1e-9)
    }

    /// By record that was acknowledged; nothing if none was.
    fn per_record(&self, all: f64) -> Option<f64> {
        (self.acked > 0).then(|| all / float(self.acked))
    }

    fn per_batch(&self, all: u64) -> f64 {
        float(all) / float(self.batches.max(1))
    }

    /// Microseconds of processor time for a record.
    fn processor_micros(&self) -> Option<f64> {
        self.processor.and_then(|seconds| self.per_record(seconds * 1e6))
    }

    /// The line that Kafka's perf test ends with.
    pub(super) fn perf_line(&self) -> String {
        let whole = |share| self.latency.quantile(share).saturating_add(500_000) / 1_000_000;
        format!(
            "{} records sent, {:.1} records/sec ({:.2} MB/sec), {:.2} ms avg latency, {:.2} ms max \
             latency, {} ms 50th, {} ms 95th, {} ms 99th, {} ms 99.9th.",
            self.acked,
            self.rate(),
            self.megabytes(),
            self.latency.mean().unwrap_or_default() / 1e6,
            millis(self.latency.max()),
            whole(0.5),
            whole(0.95),
            whole(0.99),
            whole(0.999)
        )
    }

    /// The line that the perf test prints for a window.
    pub(super) fn window_line(&self) -> String {
        format!(
            "{} records sent, {:.1} records/sec ({:.2} MB/sec), {:.1} ms avg latency, {:.1} ms max \
             latency.",
            self.acked,
            self.rate(),
            self.megabytes(),
            self.latency.mean().unwrap_or_default() / 1e6,
            millis(self.latency.max())
        )
    }

    /// Lines for people; the last one is that of the perf test.
    pub(super) fn text(&self) -> String {
        let mut text = format!("latency ms  min {:.3}", millis(self.latency.min()));
        for (name, share) in SHARES {
            let _ = write!(text, "  {name} {:.3}", millis(self.latency.quantile(share)));
        }
        let _ = writeln!(text, "  max {:.3}", millis(self.latency.max()));
        let processor = self.processor_micros();
        let processor = processor.map_or_else(|| "unknown".to_owned(), |us| format!("{us:.3} µs"));
        let wire = self.per_record(float(self.wire_bytes)).unwrap_or_default();
        let _ = writeln!(
            text,
            "a record    {processor} of processor time, {wire:.1} bytes on the wire"
        );
        let _ = writeln!(
            text,
            "batches     {}, of {:.1} records and {:.0} bytes; {} sent again",
            self.batches,
            self.per_batch(self.acked),
            self.per_batch(self.batch_bytes),
            self.retried
        );
        let _ = writeln!(text, "errors      {}", self.failed);
        text.push_str(&self.perf_line());
        text
    }

    /// An object for programs.
    pub(super) fn json(&self) -> String {
        let latency: serde_json::Map<String, serde_json::Value> =
            self.latencies().into_iter().map(|(name, ms)| (name.to_owned(), json!(ms))).collect();
        json!({
            "records": self.acked,
            "errors": self.failed,
            "seconds": self.seconds,
            "records_per_second": self.rate(),
            "mb_per_second": self.megabytes(),
            "processor_us_per_record": self.processor_micros(),
            "wire_bytes_per_record": self.per_record(float(self.wire_bytes)),
            "batches": self.batches,
            "batches_retried": self.retried,
            "records_per_batch": self.per_batch(self.acked),
            "bytes_per_batch": self.per_batch(self.batch_bytes),
            "latency_samples": self.latency.count(),
            "latency_ms": latency,
        })
        .to_string()
    }

    /// A line of names and one of figures, for programs.
    pub(super) fn csv(&self) -> String {
        let shown = |number: Option<f64>| number.map(|number| number.to_string());
        let mut columns = vec![
            ("records", Some(self.acked.to_string())),
            ("errors", Some(self.failed.to_string())),
            ("seconds", Some(self.seconds.to_string())),
            ("records_per_second", Some(self.rate().to_string())),
            ("mb_per_second", Some(self.megabytes().to_string())),
            ("processor_us_per_record", shown(self.processor_micros())),
            ("wire_bytes_per_record", shown(self.per_record(float(self.wire_bytes)))),
            ("batches", Some(self.batches.to_string())),
            ("batches_retried", Some(self.retried.to_string())),
            ("latency_samples", Some(self.latency.count().to_string())),
        ];
        let latencies = self.latencies();
        columns.extend(latencies.into_iter().map(|(name, ms)| (name, Some(ms.to_string()))));
        let (names, figures): (Vec<&str>, Vec<String>) =
            columns.into_iter().map(|(name, figure)| (name, figure.unwrap_or_default())).unzip();
        format!("{}\n{}", names.join(","), figures.join(","))
    }

    /// Latencies in milliseconds, by name.
    fn latencies(&self) -> Vec<(&'static str, f64)> {
        let latency = &self.latency;
        let mut all =
            vec![("min", millis(latency.min())), ("avg", latency.mean().unwrap_or_default() / 1e6)];
        all.extend(SHARES.map(|(name, share)| (name, millis(latency.quantile(share)))));
        all.push(("max", millis(latency.max())));
        all
    }
}

#[expect(clippy::cast_precision_loss, reason = "no figure is read to more than 15 digits")]
fn float(number: u64) -> f64 {
    number as f64
}

fn millis(nanos: u64) -> f64 {
    float(nanos) / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> Figures {
        let mut latency = Distribution::default();
        (1..=1000_u64).for_each(|ms| latency.record(ms * 1_000_000));
        Figures {
            acked: 1000,
            seconds: 2.0,
            value_bytes: 2 << 20,
            wire_bytes: 120_000,
            batches: 10,
            batch_bytes: 110_000,
            processor: Some(0.01),
            latency,
            ..Figures::default()
        }
    }

    #[test]
    fn the_last_line_has_the_form_of_the_perf_test() {
        let line = figures().perf_line();
        let form = regex::Regex::new(concat!(
            r"^1000 records sent, 500\.0 records/sec \(1\.00 MB/sec\), 500\.50 ms avg latency, ",
            r"1000\.00 ms max latency, \d+ ms 50th, \d+ ms 95th, \d+ ms 99th, \d+ ms 99\.9th\.$"
        ));
        assert!(form.unwrap().is_match(&line), "{line}");
        assert_eq!(figures().text().lines().last(), Some(line.as_str()));
    }

    #[test]
    fn programs_get_the_same_figures() {
        let json: serde_json::Value = serde_json::from_str(&figures().json()).unwrap();
        assert_eq!(json["records_per_second"], 500.0);
        assert_eq!(json["processor_us_per_record"], 10.0);
        assert_eq!(json["latency_ms"]["max"], 1000.0);
        let csv = figures().csv();
        let mut lines = csv.lines().map(|line| line.split(',').count());
        assert_eq!(lines.next(), lines.next());
        assert!(csv.starts_with("records,errors,") && csv.contains("\n1000,0,2,500,"), "{csv}");
    }

    #[test]
    fn nothing_measured_is_no_division_by_nothing() {
        let none = Figures::default();
        assert!(none.perf_line().starts_with("0 records sent, 0.0 records/sec"));
        assert!(none.text().contains("unknown of processor time") && !none.csv().contains("NaN"));
    }
}
