use clap::Parser as _;

use super::{BenchArgs, Plan};

#[derive(Debug, clap::Parser)]
struct Line {
    #[command(flatten)]
    bench: BenchArgs,
}

fn plan(line: &str) -> Result<Plan, String> {
    let words = std::iter::once("bench").chain(line.split_whitespace());
    Plan::new(&Line::try_parse_from(words).expect("a good line").bench)
}

#[test]
fn settings_are_those_of_the_measuring_protocol() {
    let plan = plan("--values 7 --loops 3 --min-time 0.25").expect("a good plan");
    let settings = plan.settings();
    assert!(settings.contains(&("PITVIPER_BENCH_VALUES", "7".into())));
    assert!(settings.contains(&("PITVIPER_BENCH_LOOPS", "3".into())));
    assert!(settings.contains(&("PITVIPER_BENCH_MIN_TIME", "0.25".into())));
    let measuring = include_str!("../../../../benches/suite/measuring.py");
    for (name, _) in settings {
        let short = name.strip_prefix("PITVIPER_BENCH_").expect("the common prefix");
        assert!(measuring.contains(&format!("read_number(words, \"{short}\"")), "{short}");
    }
}

#[test]
fn a_check_measures_as_little_as_possible() {
    let plan = plan("--check").expect("a good plan");
    assert_eq!((plan.processes, plan.values, plan.warmups), (1, 1, 0));
    assert_eq!(plan.warmup_time, 0.0);
}

#[test]
fn a_soak_is_one_long_process() {
    let plan = plan("--soak 60 --timeout 10").expect("a good plan");
    assert_eq!((plan.processes, plan.warmup_time), (1, 60.0));
    assert_eq!(plan.timeout.as_secs(), 70);
}

#[test]
fn impossible_figures_are_refused() {
    assert!(plan("--processes 0").is_err());
    assert!(plan("--values 0").is_err());
    assert!(plan("--timeout=-1").is_err());
    assert!(plan("--min-time nan").is_err());
    assert!(plan("--warmup-time inf").is_err());
    assert!(plan("--soak 1e300").is_err());
}
