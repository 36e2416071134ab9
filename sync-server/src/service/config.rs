//! What can be set.

use sync_protocol::BodyLimits;

/// How much work a password costs to check (Argon2id).
#[derive(Debug, Clone, Copy)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
}

/// What can be set of a service.
#[derive(Debug, Clone)]
pub struct Config {
    /// What the server calls itself to handhelds.
    pub server_name: String,
    /// What a body may hold.
    pub body_limits: BodyLimits,
    /// How much work a password costs.
    pub password_cost: PasswordCost,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            server_name: "Walkby".to_owned(),
            body_limits: BodyLimits::DEFAULT,
            // The minimum that OWASP's password storage guide gives for Argon2id.
            password_cost: PasswordCost { memory_kib: 19 * 1024, passes: 2 },
        }
    }
}
