#include <string_view>

#include "persisters/file/file_persister.h"

int main(int argc, char** argv) {
    std::string_view program = argc > 0 ? argv[0] : "";
    program.remove_prefix(program.rfind('/') + 1);  // npos + 1 is 0.
    return streams::run_persister(argc, argv, streams::file::entry(program));
}
