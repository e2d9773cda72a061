#include "schema/validator.h"

#include <re2/re2.h>

#include "schema/checker.h"

namespace streams {

Validator::Validator() = default;
Validator::~Validator() = default;

bool Validator::check(CheckIndex node, std::string_view value, CheckFault& fault) const {
    return Checker(*this, value.size(), fault).check_whole(node, value);
}

}  // namespace streams
