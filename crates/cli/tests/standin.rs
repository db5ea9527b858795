//! The stand-in for pyperf, used in all the ways that programs use it. Needs `python3` on the PATH and says
//! so where there is none.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

const PROGRAM: &str = r#"
import pyperf

def add_cmdline_args(command, args):
    command.append(str(args.size))

def returning(a, b):
    return [a + b, 0.1, ("text", b"bytes", None is None)]

def timing(loops, size):
    start = pyperf.perf_counter()
    for _ in range(loops * size):
        pass
    return pyperf.perf_counter() - start

async def awaited(a):
    return a * 2

runner = pyperf.Runner(add_cmdline_args=add_cmdline_args, processes=3, values=2)
runner.metadata["description"] = "all ways"
runner.argparser.add_argument("--size", type=int, default=1000)
args = runner.parse_args()
assert args is runner.args and args.size == 1000
runner.bench_func("func", returning, 1, 2)
runner.bench_time_func("time_func", timing, args.size, inner_loops=10)
runner.bench_async_func("async_func", awaited, 21)
runner.bench_command("command", ["true"])
runner.timeit("timeit", stmt="x + 1", setup="x = 1", globals={"unused": 0})
"#;

struct Place(PathBuf);

impl Drop for Place {
    fn drop(&mut self) {
        // A directory that stays behind in the temporary directory is no reason to fail.
        drop(fs::remove_dir_all(&self.0));
    }
}

#[test]
fn programs_find_all_of_pyperf_that_they_use() {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: there is no python3");
        return;
    }
    let place = Place(std::env::temp_dir().join(format!("pv-standin-{}", std::process::id())));
    for name in ["bm_nbody", "bm_all"] {
        fs::create_dir_all(place.0.join(name)).expect("a directory");
        fs::write(place.0.join(name).join("run_benchmark.py"), PROGRAM).expect("a file");
    }
    let report = place.0.join("out.json");
    let mut command = Command::new(env!("CARGO_BIN_EXE_pitviper"));
    command.args(["bench", "--suite=pyperformance", "--only=all", "--interpreters=python3", "--processes=1"]);
    command.args(["--warmup-time=0", "--min-time=0.001", "--values=2"]);
    command.arg("--pyperformance").arg(&place.0).arg("--output").arg(&report);
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("the command runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report = pv_report::read_file(&report).expect("a good report");
    assert_eq!(report.programs(), ["func", "time_func", "async_func", "command", "timeit"]);
    for benchmark in &report.benchmarks {
        assert_eq!(benchmark.runs[0].values.len(), 2, "{}", benchmark.name());
    }
}
