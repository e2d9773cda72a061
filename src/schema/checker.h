#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schema/json_walk.h"
#include "schema/validator.h"

namespace streams {

/// One check of one value.
///
/// Each `check` takes a value from the walk; where it answers false, the walk stands anywhere.
/// Frames are small, because values of a schema that contains itself recurse: what needs room is in
/// functions of its own.
class Checker {
 public:
    Checker(const Validator& validator, std::size_t bytes, CheckFault& fault);

    bool check_whole(CheckIndex index, std::string_view value);

 private:
    class Presence;

    bool check(CheckIndex index, JsonWalk& walk);
    bool check_own(const CheckNode& node, Kinds kind, JsonWalk& walk);
    bool check_scalar(const CheckNode& node, Kinds kind, JsonWalk& walk);
    bool check_number(const CheckNode& node, std::string_view token);
    bool check_bound(const Bound& bound, bool is_minimum, std::string_view token);
    bool check_text(const CheckNode& node, std::string_view token);
    bool check_pattern(const CheckNode& node, std::string_view token);
    bool check_values(const ValueCheck& values, JsonWalk walk);

    bool check_array(const ArrayCheck& array, JsonWalk& walk);
    bool check_count(std::int64_t count, std::int64_t min, std::int64_t max, const char* what);
    bool check_contains(const ArrayCheck& array, JsonWalk walk);
    bool check_unique(JsonWalk walk);

    bool check_object(const ObjectCheck& object, JsonWalk& walk);
    bool check_member(const ObjectCheck& object, std::string_view quoted, Presence& seen,
                      JsonWalk& walk);
    bool check_by_patterns(const ObjectCheck& object, std::string_view quoted, CheckIndex declared,
                           bool is_declared, JsonWalk& walk);
    bool comes_again(std::string_view quoted, JsonWalk& walk);
    bool check_presence(const ObjectCheck& object, const Presence& seen, JsonWalk start);
    bool check_dependency(const DependencyCheck& dependency, const Presence& seen, JsonWalk start);
    bool check_members_count(const ObjectCheck& object, JsonWalk walk);

    bool check_branches(const BranchCheck& branches, JsonWalk start);
    bool check_any(const std::vector<CheckIndex>& choices, JsonWalk start);
    bool check_one(const std::vector<CheckIndex>& choices, JsonWalk start);
    bool matches(CheckIndex index, JsonWalk start);
    bool explain(const std::vector<CheckIndex>& choices, const char* word, JsonWalk start);

    void skip(JsonWalk& walk) { spend(walk.take_value().size()); }
    void spend(std::size_t bytes);
    bool give_up(const char* what);
    bool refuse_kind(const CheckNode& node, std::string_view value);
    bool excludes_all(CheckIndex index) const;
    void put_in_front(std::string_view step);
    bool is_loud() const { return quiet_ == 0; }

    const Validator& validator_;
    CheckFault& fault_;
    std::size_t depth_ = 0;
    std::size_t budget_;
    std::int32_t quiet_ = 0;  // Above 0 nobody wants to know why.
    const char* gave_up_ = nullptr;
    std::string scratch_;
};

}  // namespace streams
