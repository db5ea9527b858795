use super::{Collected, Collector};

fn collect(text: &str) -> Collected {
    let mut collector = Collector::default();
    text.lines().for_each(|line| collector.line(line));
    collector.finish()
}

#[test]
fn a_whole_process() {
    let collected = collect(
        r#"hello
{"pitviper_bench": 1, "event": "begin", "benchmark": "fib"}
{"pitviper_bench": 1, "event": "warmup", "benchmark": "fib", "loops": 1, "inner_loops": 1, "seconds": 0.5}
{"pitviper_bench": 1, "event": "result", "benchmark": "fib", "text": "55"}
{"pitviper_bench": 1, "event": "value", "benchmark": "fib", "loops": 4, "inner_loops": 2, "seconds": 0.8}
{"pitviper_bench": 1, "event": "end", "benchmark": "fib"}
bye"#,
    );
    assert_eq!(collected.output, "hello\nbye\n");
    assert_eq!(collected.faults, Vec::<String>::new());
    let [fib] = collected.measurements.as_slice() else { panic!("one measurement") };
    assert_eq!(fib.benchmark, "fib");
    assert_eq!(fib.result.as_deref(), Some("55"));
    assert_eq!(fib.run.warmups[0].value, 0.5);
    assert_eq!(fib.run.values, [0.1]);
    assert!(fib.complete);
}

#[test]
fn a_process_that_dies_keeps_what_it_measured() {
    let collected = collect(
        r#"{"pitviper_bench": 1, "event": "begin", "benchmark": "fib"}
{"pitviper_bench": 1, "event": "value", "benchmark": "fib", "loops": 1, "inner_loops": 1, "seconds": 0.8}
{"pitviper_bench": 1, "event": "value", "benchm"#,
    );
    assert_eq!(collected.measurements[0].run.values, [0.8]);
    assert!(!collected.measurements[0].complete);
    assert_eq!(collected.faults.len(), 1);
}

#[test]
fn lines_out_of_order_and_impossible_times_are_faults() {
    let collected = collect(
        r#"{"pitviper_bench": 1, "event": "value", "benchmark": "fib", "loops": 1, "inner_loops": 1, "seconds": 1}
{"pitviper_bench": 1, "event": "begin", "benchmark": "fib"}
{"pitviper_bench": 1, "event": "value", "benchmark": "fib", "loops": 0, "inner_loops": 1, "seconds": 1}
{"pitviper_bench": 1, "event": "value", "benchmark": "fib", "loops": 1, "inner_loops": 1, "seconds": -1}"#,
    );
    assert!(collected.faults[0].contains("benchmark `fib` has not begun"), "{:?}", collected.faults);
    assert!(collected.faults[1].contains("is no time"));
    assert!(collected.faults[2].contains("is no time"));
    assert_eq!(collected.measurements[0].run.values, Vec::<f64>::new());
}
