//! Calendar time: dates from seconds and back, and their text forms.

use pv_object::{Obj, Tuple};
use pv_runtime::{PyResult, Thread, natives, protocol, text};
use rustix::time::ClockId;

use crate::support::record::record;
use crate::support::{absent, machine_int, module_item, real};

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A date and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moment {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    /// 0 is Monday.
    weekday: i64,
    /// 1 is the first of January.
    yearday: i64,
}

/// Days from the first of January 1970 to a day of the Gregorian calendar. Years are counted from March on, so that the leap
/// day comes last.
fn days_from_date(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

impl Moment {
    fn from_seconds(seconds: i64) -> Moment {
        let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Moment {
            year,
            month,
            day,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
            weekday: (days + 3).rem_euclid(7),
            yearday: days - days_from_date(year, 1, 1) + 1,
        }
    }

    fn to_record(self, cx: &Thread) -> PyResult {
        let class = module_item(cx, "time", "struct_time")?;
        let fields =
            [self.year, self.month, self.day, self.hour, self.minute, self.second, self.weekday, self.yearday, 0];
        Ok(record(&class, fields.into_iter().map(Obj::int).collect()))
    }

    fn from_tuple(cx: &Thread, value: &Obj) -> PyResult<Moment> {
        let Some(tuple) = value.downcast::<Tuple>() else {
            return Err(cx.type_error("Tuple or struct_time argument required"));
        };
        if tuple.len() < 9 {
            return Err(cx.type_error("time tuple must have exactly 9 items"));
        }
        let mut fields = [0; 9];
        for (field, item) in fields.iter_mut().zip(tuple.items()) {
            *field = machine_int(cx, item)?;
        }
        let [year, month, day, hour, minute, second, weekday, yearday, _] = fields;
        let (month, day, yearday) = (month.max(1), day.max(1), yearday.max(1));
        for (value, most, name) in [(month, 12, "month"), (day, 31, "day of month"), (yearday, 366, "day of year")] {
            if value > most {
                return Err(cx.value_error(format_args!("{name} out of range")));
            }
        }
        for (value, most, name) in [(hour, 23, "hour"), (minute, 59, "minute"), (second, 61, "seconds")] {
            if !(0..=most).contains(&value) {
                return Err(cx.value_error(format_args!("{name} out of range")));
            }
        }
        Ok(Moment { year, month, day, hour, minute, second, weekday: weekday.rem_euclid(7), yearday })
    }

    fn seconds(self) -> i64 {
        let months = self.month - 1;
        let days = days_from_date(self.year + months.div_euclid(12), months.rem_euclid(12) + 1, 1) + self.day - 1;
        days * 86_400 + self.hour * 3600 + self.minute * 60 + self.second
    }

    fn day_name(self) -> &'static str {
        DAYS[self.weekday as usize]
    }

    fn month_name(self) -> &'static str {
        MONTHS[(self.month - 1) as usize]
    }

    fn as_text(self) -> String {
        let (day, month) = (&self.day_name()[..3], &self.month_name()[..3]);
        format!("{day} {month} {:2} {:02}:{:02}:{:02} {}", self.day, self.hour, self.minute, self.second, self.year)
    }

    /// The ISO year and week.
    fn iso_week(self) -> (i64, i64) {
        let week = (self.yearday - 1 - self.weekday + 10) / 7;
        let leap = |year: i64| days_from_date(year + 1, 1, 1) - days_from_date(year, 1, 1);
        let last = |year: i64| {
            let first = (days_from_date(year, 1, 1) + 3).rem_euclid(7);
            if first == 3 || (first == 2 && leap(year) == 366) { 53 } else { 52 }
        };
        match week {
            ..1 => (self.year - 1, last(self.year - 1)),
            53 if last(self.year) < 53 => (self.year + 1, 1),
            week => (self.year, week),
        }
    }

    fn directive(self, letter: char) -> Option<String> {
        let twelve = (self.hour + 11) % 12 + 1;
        Some(match letter {
            'Y' => self.year.to_string(),
            'y' => format!("{:02}", self.year.rem_euclid(100)),
            'C' => format!("{:02}", self.year.div_euclid(100)),
            'm' => format!("{:02}", self.month),
            'd' => format!("{:02}", self.day),
            'e' => format!("{:2}", self.day),
            'H' => format!("{:02}", self.hour),
            'I' => format!("{twelve:02}"),
            'k' => format!("{:2}", self.hour),
            'l' => format!("{twelve:2}"),
            'M' => format!("{:02}", self.minute),
            'S' => format!("{:02}", self.second),
            'j' => format!("{:03}", self.yearday),
            'p' => if self.hour < 12 { "AM" } else { "PM" }.to_owned(),
            'a' => self.day_name()[..3].to_owned(),
            'A' => self.day_name().to_owned(),
            'b' | 'h' => self.month_name()[..3].to_owned(),
            'B' => self.month_name().to_owned(),
            'w' => ((self.weekday + 1) % 7).to_string(),
            'u' => (self.weekday + 1).to_string(),
            'U' => format!("{:02}", (self.yearday + 6 - (self.weekday + 1) % 7) / 7),
            'W' => format!("{:02}", (self.yearday + 6 - self.weekday) / 7),
            'V' => format!("{:02}", self.iso_week().1),
            'G' => self.iso_week().0.to_string(),
            'g' => format!("{:02}", self.iso_week().0.rem_euclid(100)),
            's' => self.seconds().to_string(),
            'Z' => "UTC".to_owned(),
            'z' => "+0000".to_owned(),
            'n' => "\n".to_owned(),
            't' => "\t".to_owned(),
            '%' => "%".to_owned(),
            _ => self.format(match letter {
                'c' => "%a %b %e %H:%M:%S %Y",
                'D' | 'x' => "%m/%d/%y",
                'T' | 'X' => "%H:%M:%S",
                'F' => "%Y-%m-%d",
                'R' => "%H:%M",
                'r' => "%I:%M:%S %p",
                _ => return None,
            }),
        })
    }

    fn format(self, pattern: &str) -> String {
        let mut out = String::new();
        let mut letters = pattern.chars();
        while let Some(c) = letters.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            match letters.next() {
                None => out.push('%'),
                Some(letter) => match self.directive(letter) {
                    Some(text) => out.push_str(&text),
                    None => out.extend(['%', letter]),
                },
            }
        }
        out
    }
}

fn moment(cx: &Thread, seconds: Option<&Obj>) -> PyResult<Moment> {
    let seconds = match seconds.filter(|seconds| !seconds.is_none()) {
        None => super::read(ClockId::Realtime).div_euclid(1_000_000_000),
        Some(seconds) if seconds.as_float().is_some() => {
            let seconds = real(cx, seconds)?;
            if seconds.is_nan() {
                return Err(cx.value_error("Invalid value NaN (not a number)"));
            }
            seconds.floor() as i64
        }
        Some(seconds) => machine_int(cx, seconds)?,
    };
    if seconds.unsigned_abs() > 60_000_000_000_000_000 {
        return Err(cx.overflow_error("timestamp out of range for platform time_t"));
    }
    Ok(Moment::from_seconds(seconds))
}

fn gmtime(cx: &Thread, seconds: Option<&Obj>) -> PyResult {
    moment(cx, seconds)?.to_record(cx)
}

fn mktime(cx: &Thread, value: &Obj) -> PyResult {
    Ok(Obj::float(Moment::from_tuple(cx, value)?.seconds() as f64))
}

fn given(cx: &Thread, value: Option<&Obj>) -> PyResult<Moment> {
    match value {
        Some(value) if !absent(Some(value)) => Moment::from_tuple(cx, value),
        _ => moment(cx, None),
    }
}

fn asctime(cx: &Thread, value: Option<&Obj>) -> PyResult {
    Ok(text::new(&given(cx, value)?.as_text()))
}

fn ctime(cx: &Thread, seconds: Option<&Obj>) -> PyResult {
    Ok(text::new(&moment(cx, seconds)?.as_text()))
}

fn strftime(cx: &Thread, pattern: &Obj, value: Option<&Obj>) -> PyResult {
    if pattern.downcast::<pv_object::Str>().is_none() {
        let found = cx.type_name(pattern);
        return Err(cx.type_error(format_args!("strftime() argument 1 must be str, not {found}")));
    }
    Ok(text::new(&given(cx, value)?.format(&text::to_string(pattern))))
}

fn clock_info(cx: &Thread, name: &Obj) -> PyResult {
    let known = match text::to_string(&protocol::str(cx, name)?).as_str() {
        "monotonic" | "perf_counter" => ("clock_gettime(CLOCK_MONOTONIC)", true, false),
        "time" => ("clock_gettime(CLOCK_REALTIME)", false, true),
        "process_time" => ("clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true, false),
        "thread_time" => ("clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true, false),
        _ => return Err(cx.value_error("unknown clock")),
    };
    let namespace = pv_runtime::import::import_module(cx, "types")?;
    let class = pv_runtime::attr::get_str(cx, &namespace, "SimpleNamespace")?;
    let values = [text::new(known.0), Obj::bool(known.1), Obj::bool(known.2), Obj::float(1e-9)];
    let names = ["implementation", "monotonic", "adjustable", "resolution"].map(text::intern);
    protocol::call(cx, &class, &pv_runtime::Args::with_names(&values, &names))
}

natives! { pub(super) static FUNCTIONS:
    "asctime" "(time_tuple=None, /)" O1(asctime) "A date as text, like 'Sat Jun 06 16:26:11 1998'.";
    "ctime" "(seconds=None, /)" O1(ctime) "Seconds since 1970 as text.";
    "get_clock_info" "(name, /)" F1(clock_info) "What is known of a clock.";
    "gmtime" "(seconds=None, /)" O1(gmtime) "Seconds since 1970 as a date.";
    "localtime" "(seconds=None, /)" O1(gmtime) "Seconds since 1970 as a local date.";
    "mktime" "(time_tuple, /)" F1(mktime) "A local date as seconds since 1970.";
    "strftime" "(format, time_tuple=None, /)" O2(strftime) "A date in a format.";
}
