//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Serves the central database of a walk-by system to handhelds and the office.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    /// What to log on stderr, such as `info` or `sync_server=debug`
    #[arg(long, env = "WALKBY_LOG", default_value = "info", value_name = "FILTER", global = true)]
    pub(super) log: String,
    #[command(flatten)]
    pub(super) serve: ServeArguments,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// The database and what opens it.
#[derive(Args)]
pub(super) struct DatabaseArguments {
    /// `sqlite:FILE`, `postgres://USER:PASSWORD@HOST/NAME`, or `memory:` for a trial
    #[arg(
        long,
        env = "WALKBY_DATABASE",
        hide_env_values = true,
        default_value = "sqlite:walkby.db",
        value_name = "URL"
    )]
    pub(super) database: String,
    /// The file with the key that seals meter keys: 64 hexadecimal digits. Without it the environment
    /// variable WALKBY_MASTER_KEY is read; without both, and with SQLite, `FILE.key` beside the
    /// database, which the first start makes
    #[arg(long, value_name = "FILE")]
    pub(super) master_key_file: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct ServeArguments {
    #[command(flatten)]
    pub(super) database: DatabaseArguments,
    /// The address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub(super) listen: SocketAddr,
    /// The server's certificate, then the intermediate ones, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(super) tls_certificate: Option<PathBuf>,
    /// The certificate's private key in PEM
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    pub(super) tls_key: Option<PathBuf>,
    /// Listen beyond this machine without TLS: only behind a proxy that does TLS
    #[arg(long)]
    pub(super) allow_plain_http: bool,
    /// The file with the office's first password. Without it the environment variable
    /// WALKBY_ADMIN_PASSWORD is read; without both the first start makes one and prints it
    #[arg(long, value_name = "FILE")]
    pub(super) admin_password_file: Option<PathBuf>,
    /// Where backups go that the office asks for; with SQLite `FILE-backups` beside the database
    #[arg(long, value_name = "DIRECTORY")]
    pub(super) backup_directory: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Serve (what is done without a command, too)
    Serve(ServeArguments),
    /// Copy a SQLite database, also one that is being served, check the copy and count it as safe
    Backup {
        #[command(flatten)]
        database: DatabaseArguments,
        /// The file to write; it must not exist
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Say that a verified backup, taken by other means, holds everything up to a commit
    RecordBackup {
        #[command(flatten)]
        database: DatabaseArguments,
        /// The commit
        #[arg(long, value_name = "NUMBER")]
        commit: u64,
    },
    /// Begin a new life of the database from a backup: handhelds then offer again what it lacks
    Restore {
        #[command(flatten)]
        database: DatabaseArguments,
        /// The backup of a SQLite database. Without it the database is one that other tools have
        /// restored already
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
        /// Replace the database if there is one; it is kept beside the new one
        #[arg(long)]
        replace: bool,
    },
    /// Import meter keys from CSV, or from Kamstrup's KEM and KEM2
    ImportKeys {
        #[command(flatten)]
        database: DatabaseArguments,
        /// The CSV or KEM file, or a zip archive with the latter
        file: PathBuf,
        /// A file whose first line is the password of the KEM file
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Print the OpenAPI document
    Openapi,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn serving_is_what_is_done_without_a_command() {
        let arguments = Arguments::parse_from(["walkby-server", "--listen", "127.0.0.1:0"]);
        assert!(arguments.command.is_none());
        assert_eq!(arguments.serve.listen.port(), 0);
        let arguments = Arguments::parse_from(["walkby-server", "serve", "--listen", "127.0.0.1:7"]);
        let Some(Command::Serve(serve)) = arguments.command else { panic!("not served") };
        assert_eq!(serve.listen.port(), 7);
    }

    #[test]
    fn a_certificate_needs_its_key() {
        assert!(Arguments::try_parse_from(["walkby-server", "--tls-certificate", "a.pem"]).is_err());
        assert!(Arguments::try_parse_from(["walkby-server", "--tls-key", "a.pem"]).is_err());
    }
}
