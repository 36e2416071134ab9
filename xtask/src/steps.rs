//! The steps of a long command, and how long each took.

use std::time::{Duration, Instant};

/// The steps of a command. Prints what each took when it is dropped, also when one of them failed.
#[derive(Default)]
pub(crate) struct Steps {
    taken: Vec<Step>,
}

struct Step {
    name: &'static str,
    took: Duration,
    failed: bool,
}

impl Steps {
    /// Does a step and notes how long it took.
    ///
    /// # Errors
    /// What the step says.
    pub(crate) fn run<T>(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let begun = Instant::now();
        let done = work();
        self.taken.push(Step { name, took: begun.elapsed(), failed: done.is_err() });
        done
    }

    /// Returns one line for each step and one for their sum.
    fn table(&self) -> String {
        let width = self.taken.iter().map(|step| step.name.chars().count()).max().unwrap_or(0).max(5);
        let line = |name: &str, took: Duration, end: &str| {
            let (seconds, tenths) = (took.as_secs(), took.subsec_millis() / 100);
            format!("{name:width$}  {:>3} min {:>2}.{tenths} s{end}\n", seconds / 60, seconds % 60)
        };
        let steps = self
            .taken
            .iter()
            .map(|step| line(step.name, step.took, if step.failed { "  failed" } else { "" }));
        let sum = line("total", self.taken.iter().map(|step| step.took).sum(), "");
        steps.chain([sum]).collect()
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        if !self.taken.is_empty() {
            eprint!("\n{}", self.table());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_what_each_step_took_and_which_one_failed() {
        let mut steps = Steps::default();
        steps.taken.push(Step { name: "lints", took: Duration::from_millis(125_340), failed: false });
        steps.taken.push(Step { name: "tests", took: Duration::from_millis(9_990), failed: true });
        assert_eq!(
            steps.table(),
            "lints    2 min  5.3 s\n\
             tests    0 min  9.9 s  failed\n\
             total    2 min 15.3 s\n"
        );
        steps.taken.clear();
    }

    #[test]
    fn a_step_that_fails_is_noted_and_its_error_handed_on() {
        let mut steps = Steps::default();
        let done: anyhow::Result<()> = steps.run("lints", || anyhow::bail!("a lint"));
        assert_eq!(done.unwrap_err().to_string(), "a lint");
        assert!(steps.table().contains("  failed\n"));
        steps.taken.clear();
    }
}
