use expect_test::{Expect, expect};

use super::{comparison_table, failure_list, format_bytes, format_seconds, matrix_tables};
use crate::compare::{Comparison, Selection};
use crate::model::{Failure, FailureKind, Report, Run, Warmup};

fn report() -> Report {
    let mut report = Report::default();
    let entries = [("fib", "python3", [0.1, 0.11]), ("fib", "jit-on", [0.01, 0.0102]), ("go", "python3", [2.0, 2.0])];
    for (program, interpreter, times) in entries {
        let runs = times.map(|time| Run {
            warmups: vec![Warmup { loops: 1, value: time * 2.0 }],
            values: vec![time],
            metadata: [("mem_max_rss".to_owned(), 12_300_000.into())].into(),
        });
        report.entry(program, interpreter).runs.extend(runs);
    }
    report
}

fn check(text: &str, expected: Expect) {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn units() {
    assert_eq!(format_seconds(12.345), "12.3 s");
    assert_eq!(format_seconds(0.0123), "12.3 ms");
    assert_eq!(format_seconds(1.234e-4), "123 µs");
    assert_eq!(format_seconds(5.0e-9), "5.00 ns");
    assert_eq!(format_bytes(12_300_000.0), "12.3 MB");
}

#[test]
fn the_tables_of_a_report() {
    check(
        &matrix_tables(&report(), "python3"),
        expect![[r#"
        Steady state
        | program        | python3 (time) | jit-on             |
        |----------------|----------------|--------------------|
        | fib            |         105 ms |          10.4 ±67% |
        | go             |         2.00 s |                  - |
        | geometric mean |                | 10.4 ±67% (1 of 2) |

        First run in a fresh process (warm-up included)
        | program        | python3 (time) | jit-on             |
        |----------------|----------------|--------------------|
        | fib            |         210 ms |          10.4 ±67% |
        | go             |         4.00 s |                  - |
        | geometric mean |                | 10.4 ±67% (1 of 2) |

        Peak memory of a process (median)
        | program | python3 | jit-on  |
        |---------|---------|---------|
        | fib     | 12.3 MB | 12.3 MB |
        | go      | 12.3 MB |       - |

        Figures are speeds relative to python3: 2.00 is twice as fast. ± is the 95% interval."#]],
    );
}

#[test]
fn the_table_of_a_comparison() {
    let report = report();
    let selection = Selection { first: Some("python3".into()), second: Some("jit-on".into()) };
    let comparison = Comparison::new(&report, &report, &selection).expect("they are related");
    check(
        &comparison_table(&comparison, "a.json", "b.json"),
        expect![[r#"
        | benchmark      | a.json | b.json  | second is faster by | verdict |
        |----------------|--------|---------|---------------------|---------|
        | fib            | 105 ms | 10.1 ms |   10.4 [6.21, 17.4] |  faster |
        | geometric mean |        |         |   10.4 [6.21, 17.4] |  faster |
        Only in a.json: go"#]],
    );
}

#[test]
fn failures_show_the_tail_of_the_standard_error() {
    let failure = Failure {
        program: "go".into(),
        interpreter: "jit-on".into(),
        kind: FailureKind::Exit,
        cause: "exit status 1".into(),
        stderr: "Traceback\nNameError".into(),
    };
    let report = Report { benchmarks: Vec::new(), failures: vec![failure] };
    check(
        &failure_list(&report),
        expect![[r#"
        FAILED go on jit-on: exit status 1
            | Traceback
            | NameError"#]],
    );
}
