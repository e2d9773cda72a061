#include "demo/github/port_file.h"

#include <charconv>

#include "base/file.h"

namespace streams::demo {

int read_port(const std::string& file) {
    const auto text = file.empty() ? Result<std::string>() : read_file(file, 64);
    int port = 0;
    if (!text) return 0;
    std::from_chars(text->data(), text->data() + text->size(), port);
    return port > 0 && port < 65'536 ? port : 0;
}

Result<> write_port(const std::string& file, int port) {
    STREAMS_TRY(make_folders(folder_of(file)));
    return write_file_durably(file, std::to_string(port) + '\n');
}

}  // namespace streams::demo
