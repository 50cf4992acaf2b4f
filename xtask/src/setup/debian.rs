//! What comes from Debian's packages: the browser, Ruby with Action View, `psql`, Redis.

use std::path::Path;
use std::process::Command;

use super::Missing;
use crate::step;

/// Packages that belong together, and how to see that they are there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group {
    pub(super) what: &'static str,
    pub(super) packages: &'static [&'static str],
    pub(super) is_there: fn() -> bool,
}

/// Chromium, which the demo and the browser tests drive.
pub(crate) const BROWSER: Group = Group {
    what: "Chromium",
    packages: &["chromium", "chromium-driver"],
    is_there: || Path::new("/usr/bin/chromium").exists(),
};

/// Ruby with what the gem builds on and is tested with.
pub(crate) const RUBY: Group = Group {
    what: "Ruby with Action View, Railties and minitest",
    packages: &["ruby", "ruby-actionview", "ruby-railties", "ruby-minitest"],
    is_there: || {
        step::succeeds(Command::new("ruby").args([
            "-e",
            "require 'action_view'; require 'rails'; require 'minitest'",
        ]))
    },
};

/// `psql`, the client that the tests of the Postgres wire use.
pub(crate) const POSTGRES_CLIENT: Group = Group {
    what: "psql",
    packages: &["postgresql-client"],
    is_there: || step::succeeds(Command::new("psql").arg("--version")),
};

/// Redis, in which the bid server can keep creatives; its tests start one of their own.
pub(crate) const REDIS: Group = Group {
    what: "redis-server",
    packages: &["redis-server"],
    is_there: || step::succeeds(Command::new("redis-server").arg("--version")),
};

/// pip, for the Python client of the forward protocol, the store and sqlfluff.
pub(crate) const PIP: Group = Group {
    what: "Python with pip",
    packages: &["python3", "python3-pip"],
    is_there: || step::succeeds(Command::new("python3").args(["-m", "pip", "--version"])),
};

/// `RuboCop`, which holds the gem to one style.
pub(crate) const RUBOCOP: Group = Group {
    what: "RuboCop",
    packages: &["rubocop"],
    is_there: || step::succeeds(Command::new("rubocop").arg("--version")),
};

/// Go's client of the forward protocol, which Docker uses, as Debian packages it.
pub(crate) const GO_CLIENT: Group = Group {
    what: "Go with fluent-logger-golang",
    packages: &["golang-go", "golang-github-fluent-fluent-logger-golang-dev"],
    is_there: || {
        step::succeeds(Command::new("go").arg("version"))
            && Path::new("/usr/share/gocode/src/github.com/fluent/fluent-logger-golang").exists()
    },
};

/// Installs a group unless it is there; what cannot be installed is added to `missing`.
pub(crate) fn install(group: Group, missing: &mut Vec<Missing>) -> bool {
    if (group.is_there)() {
        return true;
    }
    let get_it = format!(
        "apt-get install --no-install-recommends {}",
        group.packages.join(" ")
    );
    if !step::succeeds(Command::new("apt-get").arg("--version")) {
        missing.push(Missing::new(
            group.what,
            format!("your system's package manager (on Debian: {get_it})"),
        ));
        return false;
    }
    if !is_root() {
        missing.push(Missing::new(group.what, format!("sudo {get_it}")));
        return false;
    }
    step::announce(
        &format!("installing {} with apt-get", group.packages.join(", ")),
        Some("up to a minute"),
    );
    let installed = apt(&["update"]).and_then(|()| {
        let mut arguments = vec!["install", "-y", "--no-install-recommends"];
        arguments.extend(group.packages);
        apt(&arguments)
    });
    match installed {
        Ok(()) if (group.is_there)() => true,
        Ok(()) => {
            missing.push(Missing::new(group.what, get_it));
            false
        }
        Err(error) => {
            missing.push(Missing::new(format!("{}: {error:#}", group.what), get_it));
            false
        }
    }
}

fn apt(arguments: &[&str]) -> anyhow::Result<()> {
    let mut command = Command::new("apt-get");
    command
        .arg("-qq")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    step::run_quietly(&mut command).map(drop)
}

fn is_root() -> bool {
    let mut command = Command::new("id");
    step::run_quietly(command.arg("-u")).is_ok_and(|id| id.trim() == "0")
}
