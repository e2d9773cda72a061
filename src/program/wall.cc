#include "program/wall.h"

#include <exception>
#include <new>

#include "base/signals.h"
#include "program/critical.h"

namespace streams {
namespace {

Error fault(std::string why) {
    return {ErrorKind::Failed,
            "fault",
            "the program met a fault of its own and stopped",
            {},
            std::move(why),
            "please report it, with these lines"};
}

}  // namespace

int behind_wall(const std::function<int()>& body) {
    fill_standard_descriptors();
    ignore_signals_of_writes();
    try {
        return body();
    } catch (const std::bad_alloc&) {
        return print_critical({ErrorKind::Failed,
                               "memory",
                               "there is no memory left",
                               {},
                               {},
                               "give it more, or a smaller --memory"});
    } catch (const std::exception& exception) {
        return print_critical(fault(exception.what()));
    } catch (...) {
        return print_critical(fault("an exception of unknown kind"));
    }
}

}  // namespace streams
