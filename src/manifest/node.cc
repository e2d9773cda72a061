#include "manifest/node.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace streams::manifest {
namespace {

constexpr int kDepthMax = 100;
constexpr std::size_t kNodesMax = 200'000;

Place place_of(const YAML::Mark& mark) {
    return mark.is_null() ? Place{} : Place{mark.line + 1, mark.column + 1};
}

// Copies the library's tree, which shares what aliases name, into one without sharing. A budget
// stops documents that grow by aliases of aliases.
class Reader {
 public:
    explicit Reader(const std::string& file) : file_(file) {}

    Result<Node> read(const YAML::Node& source, int depth) {
        Node node;
        node.place = place_of(source.Mark());
        if (depth > kDepthMax || ++nodes_ > kNodesMax) {
            return refuse("manifest-too-large", "more than 100 levels or 200000 values",
                          node.place);
        }
        if (source.IsScalar()) {
            node.kind = Node::Kind::Scalar;
            node.text = source.Scalar();
            node.quoted = source.Tag() == "!" || source.Tag() == "tag:yaml.org,2002:str";
        } else if (source.IsSequence()) {
            node.kind = Node::Kind::List;
            for (const YAML::Node& item : source) {
                auto read_item = read(item, depth + 1);
                if (!read_item) return read_item;
                node.items.push_back(*std::move(read_item));
            }
        } else if (source.IsMap()) {
            node.kind = Node::Kind::Map;
            STREAMS_TRY(members(source, depth, node));
        }
        return node;
    }

 private:
    std::unexpected<Error> refuse(std::string id, std::string_view what, Place place) const {
        auto refused = fail(ErrorKind::Config, std::move(id), std::string(what));
        refused.error().where = shown_place(file_, place);
        return refused;
    }

    Result<> members(const YAML::Node& source, int depth, Node& node) {
        std::vector<Node> merged;
        for (const auto& member : source) {
            const Place place = place_of(member.first.Mark());
            if (!member.first.IsScalar()) {
                return refuse("manifest-syntax", "a key that is not a text", place);
            }
            auto value = read(member.second, depth + 1);
            if (!value) return std::unexpected(std::move(value).error());
            if (member.first.Scalar() == "<<") {
                merge(*std::move(value), merged);
            } else if (node.find(member.first.Scalar()) != nullptr) {
                return refuse("manifest-syntax",
                              fmt::format("the key \"{}\" is there twice", member.first.Scalar()),
                              place);
            } else {
                node.members.push_back({member.first.Scalar(), place, *std::move(value)});
            }
        }
        for (Node& other : merged) {
            for (Node::Member& member : other.members) {
                if (node.find(member.name) == nullptr) node.members.push_back(std::move(member));
            }
        }
        return {};
    }

    static void merge(Node value, std::vector<Node>& merged) {
        for (Node& item : value.items) merged.push_back(std::move(item));
        if (value.is_map()) merged.push_back(std::move(value));
    }

    const std::string& file_;
    std::size_t nodes_ = 0;
};

bool is_number(const std::string& text) {
    const auto json = parse_json(text);
    return json && json->kind() == Json::Kind::Number;
}

Json scalar_of(const Node& node) {
    constexpr std::array<std::string_view, 5> kNull = {"", "~", "null", "Null", "NULL"};
    constexpr std::array<std::string_view, 3> kTrue = {"true", "True", "TRUE"};
    constexpr std::array<std::string_view, 3> kFalse = {"false", "False", "FALSE"};
    if (node.quoted) return Json::text(node.text);
    if (std::ranges::find(kNull, node.text) != kNull.end()) return {};
    if (std::ranges::find(kTrue, node.text) != kTrue.end()) return Json::boolean(true);
    if (std::ranges::find(kFalse, node.text) != kFalse.end()) return Json::boolean(false);
    if (is_number(node.text)) return Json::number(node.text);
    return Json::text(node.text);
}

}  // namespace

const Node* Node::find(std::string_view name) const {
    const auto found = std::ranges::find(members, name, &Member::name);
    return found == members.end() ? nullptr : &found->value;
}

Node* Node::find(std::string_view name) {
    const auto found = std::ranges::find(members, name, &Member::name);
    return found == members.end() ? nullptr : &found->value;
}

void Node::set(std::string_view name, Node value) {
    if (Node* known = find(name)) {
        *known = std::move(value);
    } else {
        const Place where = value.place;
        members.push_back({std::string(name), where, std::move(value)});
    }
}

void Node::remove(std::string_view name) {
    std::erase_if(members, [&](const Member& member) { return member.name == name; });
}

std::string_view Node::text_of(std::string_view name) const {
    const Node* member = find(name);
    return member != nullptr && member->is_scalar() ? std::string_view(member->text)
                                                    : std::string_view();
}

Result<Node> parse_yaml(const std::string& file, const std::string& text) {
    try {
        return Reader(file).read(YAML::Load(text), 0);
    } catch (const YAML::Exception& error) {
        auto refused = fail(ErrorKind::Config, "manifest-syntax", "not YAML: " + error.msg);
        refused.error().where = shown_place(file, place_of(error.mark));
        return refused;
    }
}

Json json_of(const Node& node) {
    switch (node.kind) {
        case Node::Kind::Null:
            return {};
        case Node::Kind::Scalar:
            return scalar_of(node);
        case Node::Kind::List: {
            Json list = Json::list();
            for (const Node& item : node.items) list.items().push_back(json_of(item));
            return list;
        }
        case Node::Kind::Map: {
            Json object = Json::object();
            for (const Node::Member& member : node.members) {
                object.members().emplace_back(member.name, json_of(member.value));
            }
            return object;
        }
    }
    return {};
}

std::string shown_place(std::string_view file, Place place) {
    if (place.line == 0) return std::string(file);
    return fmt::format("{}:{}:{}", file, place.line, place.column);
}

}  // namespace streams::manifest
