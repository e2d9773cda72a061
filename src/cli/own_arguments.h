#pragma once

namespace streams {

/// Blanks, in the command line that `ps` shows of this program, the values of `--set` and `--to`
/// that may be secrets, and users, passwords and queries of URLs. Called when the arguments have
/// been copied.
void blank_secrets(int argc, char** argv);

}  // namespace streams
