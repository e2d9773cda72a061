# Sets Arrow_FOUND and the targets Arrow::arrow, Arrow::parquet: of the wheel pyarrow, which has no configuration for
# CMake and libraries with versioned names only. `tools/library arrow` brings them.
set(folder ${PROJECT_SOURCE_DIR}/build/library/arrow)
find_path(Arrow_INCLUDE_DIR parquet/arrow/writer.h HINTS ${folder}/include)
file(GLOB Arrow_LIBRARY ${folder}/lib/libarrow.so.*)
file(GLOB Arrow_PARQUET_LIBRARY ${folder}/lib/libparquet.so.*)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Arrow
    "Parquet is left out; tools/library arrow brings what it needs"
    Arrow_LIBRARY Arrow_PARQUET_LIBRARY Arrow_INCLUDE_DIR)

if(Arrow_FOUND AND NOT TARGET Arrow::arrow)
    # Beside the programs, so that the folder can be moved as a whole: parquet.so looks in its own folder.
    set(copies ${PROJECT_BINARY_DIR}/lib/streams)
    file(MAKE_DIRECTORY ${copies})
    file(COPY ${Arrow_LIBRARY} ${Arrow_PARQUET_LIBRARY} DESTINATION ${copies})
    foreach(name arrow parquet)
        add_library(Arrow::${name} SHARED IMPORTED)
        file(GLOB copy ${copies}/lib${name}.so.*)
        set_target_properties(Arrow::${name} PROPERTIES IMPORTED_LOCATION ${copy}
            INTERFACE_INCLUDE_DIRECTORIES ${Arrow_INCLUDE_DIR})
    endforeach()
endif()
