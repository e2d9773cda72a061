// The kinds of components of the declarative low-code schema and their properties: the one table by
// which manifests are checked. A kind is marked Here when this engine runs it.
#include "manifest/component_kinds.h"

#include <algorithm>
#include <array>

namespace streams::manifest {
namespace {

using enum ComponentUse;

// Required properties have a star.
constexpr auto kKinds = std::to_array<ComponentKind>({
    {"AddFields", Here, "*fields condition"},
    {"AddedFieldDefinition", Here, "*path *value value_type"},
    {"ApiKeyAuthenticator", Here, "api_token header inject_into"},
    {"AsyncJobStatusMap", Later, "*running *completed *failed *timeout skipped"},
    {"AsyncRetriever", Later,
     "*record_selector *status_mapping *status_extractor download_target_extractor "
     "download_extractor *creation_requester *polling_requester polling_job_timeout "
     "failed_retry_wait_time_in_seconds download_target_requester *download_requester "
     "download_paginator abort_requester delete_requester partition_router decoder "
     "download_decoder"},
    {"BasicHttpAuthenticator", Here, "*username password"},
    {"BearerAuthenticator", Here, "*api_token"},
    {"BlockSimultaneousSyncsAction", Later, ""},
    {"CheckDynamicStream", Later, "*stream_count use_check_availability config_overrides"},
    {"CheckStream", Here, "stream_names dynamic_streams_check_configs config_overrides"},
    {"CombinedExtractor", Later, "*extractors mode skip_empty_records"},
    {"ComponentMappingDefinition", Later,
     "*field_path *value value_type create_or_update condition"},
    {"CompositeErrorHandler", Here, "*error_handlers"},
    {"ConcurrencyLevel", Here, "*default_concurrency max_concurrency"},
    {"ConditionalStreams", Later, "*condition *streams"},
    {"ConfigAddFields", Later, "*fields condition"},
    {"ConfigComponentsResolver", Later, "*stream_config *components_mapping"},
    {"ConfigMigration", Later, "description *transformations"},
    {"ConfigRemapField", Later, "*map *field_path"},
    {"ConfigRemoveFields", Later, "*field_pointers condition"},
    {"ConstantBackoffStrategy", Here, "*backoff_time_in_seconds jitter_range_in_seconds"},
    {"CsvDecoder", Later, "encoding delimiter set_values_to_none"},
    {"CursorPagination", Here, "*cursor_value page_size stop_condition"},
    {"CustomAuthenticator", Custom, "*class_name"},
    {"CustomBackoffStrategy", Custom, "*class_name"},
    {"CustomConfigTransformation", Custom, "*class_name"},
    {"CustomDecoder", Custom, "*class_name"},
    {"CustomErrorHandler", Custom, "*class_name"},
    {"CustomPaginationStrategy", Custom, "*class_name"},
    {"CustomPartitionRouter", Custom, "*class_name"},
    {"CustomRecordExtractor", Custom, "*class_name"},
    {"CustomRecordFilter", Custom, "*class_name"},
    {"CustomRequester", Custom, "*class_name"},
    {"CustomRetriever", Custom, "*class_name"},
    {"CustomSchemaLoader", Custom, "*class_name"},
    {"CustomSchemaNormalization", Custom, "*class_name"},
    {"CustomStateMigration", Custom, "*class_name"},
    {"CustomTransformation", Custom, "*class_name"},
    {"CustomValidationStrategy", Custom, "*class_name"},
    {"DatetimeBasedCursor", Here,
     "clamping *cursor_field allow_catalog_defined_cursor_field cursor_datetime_formats "
     "*start_datetime start_time_option end_datetime end_time_option *datetime_format "
     "cursor_granularity is_data_feed is_client_side_incremental is_compare_strictly "
     "global_substream_cursor lookback_window partition_field_end partition_field_start "
     "step"},
    {"DeclarativeSource", Here,
     "*check streams dynamic_streams *version schemas definitions spec concurrency_level "
     "api_budget stream_groups max_concurrent_async_job_count metadata description"},
    {"DeclarativeStream", Here,
     "name *retriever incremental_sync primary_key schema_loader transformations "
     "state_migrations file_uploader"},
    {"DefaultErrorHandler", Here, "backoff_strategies max_retries response_filters"},
    {"DefaultPaginator", Here, "*pagination_strategy page_size_option page_token_option"},
    {"DpathExtractor", Here, "*field_path record_expander"},
    {"DpathFlattenFields", Later,
     "*field_path delete_origin_value replace_record key_transformation"},
    {"DpathValidator", Later, "*field_path *validation_strategy"},
    {"DynamicDeclarativeStream", Later,
     "name *stream_template *components_resolver use_parent_parameters"},
    {"DynamicSchemaLoader", Later,
     "*retriever schema_filter schema_transformations *schema_type_identifier"},
    {"DynamicStreamCheckConfig", Later, "*dynamic_stream_name stream_count"},
    {"ExponentialBackoffStrategy", Here, "factor jitter_range_in_seconds"},
    {"FixedWindowCallRatePolicy", Later, "*period *call_limit *matchers"},
    {"FlattenFields", Later, "flatten_lists"},
    {"GroupByKeyMergeStrategy", Later, "*key"},
    {"GroupingPartitionRouter", Later, "*group_size *underlying_partition_router deduplicate"},
    {"GzipDecoder", Later, "*decoder"},
    {"HTTPAPIBudget", Later,
     "*policies ratelimit_reset_header ratelimit_remaining_header "
     "status_codes_for_ratelimit_hit"},
    {"HttpComponentsResolver", Later, "*retriever *components_mapping"},
    {"HttpRequester", Here,
     "url_base url path http_method authenticator fetch_properties_from_endpoint "
     "query_properties request_parameters request_headers request_body_data "
     "request_body_json request_body error_handler use_cache connect_timeout_in_seconds "
     "read_timeout_in_seconds use_tcp_keepalive"},
    {"HttpResponseFilter", Here,
     "action failure_type error_message error_message_contains http_codes predicate"},
    {"IncrementingCountCursor", Later,
     "*cursor_field allow_catalog_defined_cursor_field start_value start_value_option"},
    {"InlineSchemaLoader", Here, "schema"},
    {"IterableDecoder", Later, ""},
    {"JsonDecoder", Here, ""},
    {"JsonFileSchemaLoader", Later, "file_path"},
    {"JsonItemsDecoder", Later, "*items_path encoding"},
    {"JsonSchemaPropertySelector", Later, "transformations"},
    {"JsonlDecoder", Later, ""},
    {"JwtAuthenticator", Later,
     "*secret_key base64_encode_secret_key *algorithm token_duration header_prefix "
     "jwt_headers additional_jwt_headers jwt_payload additional_jwt_payload passphrase "
     "request_option"},
    {"KeyTransformation", Later, "prefix suffix"},
    {"KeysReplace", Later, "*old *new"},
    {"KeysToLower", Here, ""},
    {"KeysToSnakeCase", Later, ""},
    {"LegacySessionTokenAuthenticator", Later,
     "*header *login_url session_token *session_token_response_key username password "
     "*validate_session_url"},
    {"LegacyToPerPartitionStateMigration", Later, ""},
    {"ListPartitionRouter", Here, "*cursor_field *values request_option"},
    {"MinMaxDatetime", Here, "*datetime datetime_format max_datetime min_datetime"},
    {"MovingWindowCallRatePolicy", Later, "*rates *matchers"},
    {"NoAuth", Here, ""},
    {"NoPagination", Here, ""},
    {"OAuthAuthenticator", Later,
     "client_id_name client_id client_secret_name client_secret refresh_token_name "
     "refresh_token token_refresh_endpoint access_token_name access_token_value "
     "expires_in_name grant_type_name grant_type refresh_request_body "
     "refresh_request_headers send_refresh_request_as_query_params scopes "
     "token_expiry_date token_expiry_date_format refresh_token_error_status_codes "
     "refresh_token_error_key refresh_token_error_values refresh_token_updater "
     "profile_assertion use_profile_assertion"},
    {"OffsetIncrement", Here, "page_size inject_on_first_request"},
    {"PageIncrement", Here, "page_size start_from_page inject_on_first_request"},
    {"PageSizeReduction", Later,
     "reduction_factor minimum_page_size max_attempts backoff_seconds "
     "retries_at_minimum_page_size failure_message reset_policy"},
    {"PaginationReset", Later, "*action limits"},
    {"PaginationResetLimits", Later, "number_of_records"},
    {"ParametrizedComponentsResolver", Later, "*stream_parameters *components_mapping"},
    {"ParentFieldPath", Later, "*parent_path *record_path"},
    {"ParentStreamConfig", Here,
     "*stream *parent_key *partition_field request_option incremental_dependency "
     "lazy_read_pointer extra_fields"},
    {"PredicateValidator", Later, "*value *validation_strategy"},
    {"PropertiesFromEndpoint", Later, "*property_field_path *retriever"},
    {"PropertyChunking", Later, "*property_limit_type property_limit record_merge_strategy"},
    {"QueryProperties", Later,
     "*property_list always_include_properties property_chunking property_selector"},
    {"QuotaStatusSource", Later, "*url http_method request_headers unavailable_status_codes"},
    {"RateLimitedMultipleTokenAuthenticator", Later,
     "*tokens token_delimiter auth_method header *quota_status_source *quotas "
     "max_wait_time budget_reserve_fraction budget_min_reserve"},
    {"RecordExpander", Later,
     "*expand_records_from_field remain_original_record parent_fields merge_parent "
     "on_no_records truncation_indicator_path truncated_list_retriever"},
    {"RecordFilter", Here, "condition"},
    {"RecordSelector", Here,
     "*extractor record_filter schema_normalization transform_before_filtering"},
    {"RemoveFields", Here, "condition *field_pointers"},
    {"RequestBodyGraphQL", Later, "*value"},
    {"RequestBodyJsonObject", Later, "*value"},
    {"RequestBodyPlainText", Later, "*value"},
    {"RequestBodyUrlEncodedForm", Later, "*value"},
    {"RequestOption", Here, "*inject_into field_name field_path"},
    {"RequestPath", Here, ""},
    {"RequestWindowSplitting", Later, "failure_message min_split_window"},
    {"ResponseToFileExtractor", Later, "preserve_na_values"},
    {"SchemaTypeIdentifier", Later, "schema_pointer *key_pointer type_pointer types_mapping"},
    {"SelectiveAuthenticator", Later, "*authenticator_selection_path *authenticators"},
    {"SessionTokenAuthenticator", Later,
     "*login_requester *session_token_path expiration_duration *request_authentication "
     "decoder"},
    {"ApiKey", Later, "*inject_into api_token"},
    {"Bearer", Later, ""},
    {"SimpleRetriever", Here,
     "*requester decoder *record_selector paginator pagination_reset page_size_reduction "
     "request_window_splitting ignore_stream_slicer_parameters_on_paginated_requests "
     "partition_router"},
    {"Spec", Here,
     "*connection_specification documentation_url advanced_auth "
     "config_normalization_rules"},
    {"StateDelegatingStream", Later,
     "*name *full_refresh_stream *incremental_stream api_retention_period"},
    {"StreamConfig", Later, "*configs_pointer default_values"},
    {"StreamParametersDefinition", Later, "*list_of_parameters_for_stream"},
    {"SubstreamPartitionRouter", Here, "*parent_stream_configs"},
    {"TokenQuota", Later,
     "*name *remaining_path *reset_path limit_path matchers remaining_header reset_header "
     "limit_header exhaustion_status_codes"},
    {"UnionPartitionRouter", Later, "*partition_field *partition_routers"},
    {"UnlimitedCallRatePolicy", Later, "*matchers"},
    {"ValidateAdheresToSchema", Later, "*base_schema"},
    {"WaitTimeFromHeader", Here, "*header regex max_waiting_time_in_seconds"},
    {"WaitTimeFromResponse", Later, "*wait_time_in_seconds max_waiting_time_in_seconds"},
    {"WaitUntilTimeFromHeader", Here, "*header min_wait regex max_waiting_time_in_seconds"},
    {"XmlDecoder", Later, ""},
    {"ZipfileDecoder", Later, "*decoder"},
});

struct DefaultKind {
    std::string_view property;  ///< `Kind.property`.
    std::string_view kind;
};

// What a component without `type` is, by where it stands.
constexpr auto kDefaults = std::to_array<DefaultKind>({
    {"CompositeErrorHandler.error_handlers", "DefaultErrorHandler"},
    {"CursorPagination.decoder", "JsonDecoder"},
    {"DatetimeBasedCursor.end_datetime", "MinMaxDatetime"},
    {"DatetimeBasedCursor.end_time_option", "RequestOption"},
    {"DatetimeBasedCursor.start_datetime", "MinMaxDatetime"},
    {"DatetimeBasedCursor.start_time_option", "RequestOption"},
    {"DeclarativeSource.check", "CheckStream"},
    {"DeclarativeSource.spec", "Spec"},
    {"DeclarativeSource.streams", "DeclarativeStream"},
    {"DeclarativeStream.retriever", "SimpleRetriever"},
    {"DeclarativeStream.schema_loader", "JsonFileSchemaLoader"},
    {"DynamicDeclarativeStream.stream_template", "DeclarativeStream"},
    {"HttpComponentsResolver.retriever", "SimpleRetriever"},
    {"HttpComponentsResolver.components_mapping", "ComponentMappingDefinition"},
    {"ConfigComponentsResolver.stream_config", "StreamConfig"},
    {"ConfigComponentsResolver.components_mapping", "ComponentMappingDefinition"},
    {"DefaultErrorHandler.response_filters", "HttpResponseFilter"},
    {"DefaultPaginator.decoder", "JsonDecoder"},
    {"DefaultPaginator.page_size_option", "RequestOption"},
    {"DpathExtractor.decoder", "JsonDecoder"},
    {"DpathExtractor.record_expander", "RecordExpander"},
    {"HttpRequester.error_handler", "DefaultErrorHandler"},
    {"ListPartitionRouter.request_option", "RequestOption"},
    {"ParentStreamConfig.request_option", "RequestOption"},
    {"ParentStreamConfig.stream", "DeclarativeStream"},
    {"RecordExpander.parent_fields", "ParentFieldPath"},
    {"RecordSelector.extractor", "DpathExtractor"},
    {"RecordSelector.record_filter", "RecordFilter"},
    {"SimpleRetriever.paginator", "NoPagination"},
    {"SimpleRetriever.record_selector", "RecordSelector"},
    {"SimpleRetriever.requester", "HttpRequester"},
    {"SubstreamPartitionRouter.parent_stream_configs", "ParentStreamConfig"},
    {"AddFields.fields", "AddedFieldDefinition"},
    {"CustomPartitionRouter.parent_stream_configs", "ParentStreamConfig"},
    {"DynamicSchemaLoader.retriever", "SimpleRetriever"},
});

// Properties that hold something else than components: JSON Schemas, values, definitions.
constexpr auto kFreeForm = std::to_array<std::string_view>({
    "InlineSchemaLoader.schema",
    "Spec.connection_specification",
    "Spec.advanced_auth",
    "DeclarativeSource.definitions",
    "DeclarativeSource.schemas",
    "DeclarativeSource.metadata",
    "ValidateAdheresToSchema.base_schema",
});

}  // namespace

const ComponentKind* find_component_kind(std::string_view name) {
    const auto found = std::ranges::find(kKinds, name, &ComponentKind::name);
    return found == kKinds.end() ? nullptr : found;
}

std::vector<std::string_view> component_kind_names() {
    std::vector<std::string_view> names;
    names.reserve(kKinds.size());
    for (const ComponentKind& kind : kKinds) names.push_back(kind.name);
    return names;
}

std::vector<ComponentProperty> properties_of(const ComponentKind& kind) {
    std::vector<ComponentProperty> properties;
    std::string_view rest = kind.properties;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        std::string_view name = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const bool required = name.starts_with('*');
        if (required) name.remove_prefix(1);
        properties.push_back({name, required});
    }
    return properties;
}

std::string_view default_kind(std::string_view property) {
    const auto found = std::ranges::find(kDefaults, property, &DefaultKind::property);
    return found == kDefaults.end() ? std::string_view() : found->kind;
}

bool is_free_form(std::string_view property) {
    return std::ranges::find(kFreeForm, property) != kFreeForm.end();
}

}  // namespace streams::manifest
