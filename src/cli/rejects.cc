#include "cli/rejects.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "cli/other_program.h"

namespace streams {

int rejects_command(std::vector<std::string> arguments, const ProgramFinder& finder) {
    const bool has_word =
        !arguments.empty() && (arguments[0] == "list" || arguments[0] == "replay");
    // The destination comes first there.
    if (has_word && arguments.size() > 1) std::iter_swap(arguments.begin(), arguments.begin() + 1);
    return ask_other_program("rejects", std::move(arguments), finder);
}

}  // namespace streams
