#!/bin/bash
# Builds the fuzzers (Fuzz/Runner) and runs them, one after the other, for a time each.
#
#   Fuzz/run.sh                    all targets for SECONDS (60) each
#   Fuzz/run.sh TARGET...          these
#   Fuzz/run.sh --minimize TARGET  puts the fewest files that reach as many edges into Fuzz/Corpus/TARGET
#
# Each starts from Fuzz/Corpus/TARGET and keeps what it finds in .build/fuzz/corpus/TARGET, so that the next run goes on
# from there. An input that a parser cannot stand is a file in .build/fuzz/crashes, and the exit code 1. Ctrl-C ends the
# run; what was found until then is kept.
set -euo pipefail
cd "$(dirname "$0")/.."

each=${FUZZ_SECONDS:-60}
swift=${SWIFT:-swift}
work=$PWD/.build/fuzz

# Before the build, which takes long.
if [[ ! $each =~ ^[1-9][0-9]*$ ]]; then
  echo "SECONDS=$each is no number of seconds" >&2
  exit 2
fi
for target in "$@"; do
  if [[ $target != --minimize && ! -d Fuzz/Corpus/$target ]]; then
    echo "there is no target '$target'; there are: $(cd Fuzz/Corpus && echo *)" >&2
    exit 2
  fi
done

resources=$("$(dirname "$(command -v "$swift")")/swiftc" -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
export FLOWSWITCH_LIBFUZZER=$resources/clang/lib/linux/libclang_rt.fuzzer_no_main-$(uname -m).a
if [[ ! -e $FLOWSWITCH_LIBFUZZER ]]; then
  echo "this Swift toolchain has no libFuzzer: $FLOWSWITCH_LIBFUZZER is missing" >&2
  exit 1
fi
"$swift" build -c release --scratch-path "$work" --product Fuzz ${FUZZ_BUILDFLAGS:-}
# Swift's own report of a crash would keep libFuzzer from writing down the input.
export SWIFT_BACKTRACE=enable=no
# What Swift makes once and keeps is no leak.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0}
binary=$work/release/Fuzz
limits=(-timeout=20 -rss_limit_mb=2048)

# The words of the sources that read texts of words; libFuzzer does not come upon them by chance.
dictionary() {
  local folders
  case $1 in
    configuration) folders=(ConfigurationFile) ;;
    keepalived) folders=(KeepalivedImport) ;;
    api) folders=(Management/API Management/Access) ;;
    *) return 0 ;;
  esac
  (cd Sources && grep -rhoE '"[A-Za-z0-9_/.:-]{2,30}"' "${folders[@]}") | sort -u > "$work/$1.words"
  echo "-dict=$work/$1.words"
}

fuzz() { FLOWSWITCH_FUZZ=$1 "$binary" "${@:2}"; }

if [[ ${1:-} == --minimize ]]; then
  for target in "${@:2}"; do
    mkdir -p "$work/corpus/$target" "Fuzz/Corpus/$target"
    rm -rf "$work/minimal"
    mkdir "$work/minimal"
    # Files that a person named stay: they are there for a reason. Others add edges to theirs; how often an edge was taken
    # is not asked, or there are thousands.
    find "Fuzz/Corpus/$target" -type f -regextype posix-extended ! -regex '.*/[0-9a-f]{40}' -exec cp -t "$work/minimal" {} +
    fuzz "$target" "${limits[@]}" -set_cover_merge=1 -use_counters=0 \
      "$work/minimal" "Fuzz/Corpus/$target" "$work/corpus/$target" > "$work/$target.log" 2>&1
    find "Fuzz/Corpus/$target" -type f -regextype posix-extended -regex '.*/[0-9a-f]{40}' -delete
    cp "$work/minimal"/* "Fuzz/Corpus/$target/"
    echo "$target: $(find "Fuzz/Corpus/$target" -type f | wc -l) files"
  done
  exit 0
fi

targets=("$@")
if (( ${#targets[@]} == 0 )); then mapfile -t targets < <("$binary" | cut -f 1); fi
mkdir -p "$work/crashes"
failed=0
# libFuzzer takes Ctrl-C for an end like any other; it is the end of the others, too.
interrupted=0
trap 'interrupted=1' INT TERM
for target in "${targets[@]}"; do
  mkdir -p "$work/corpus/$target"
  log=$work/$target.log
  mapfile -t words < <(dictionary "$target")
  echo "$target: $each s"
  code=0
  fuzz "$target" "${limits[@]}" -max_total_time="$each" -print_final_stats=1 "${words[@]}" -artifact_prefix="$work/crashes/$target-" \
    "$work/corpus/$target" "Fuzz/Corpus/$target" > "$log" 2>&1 || code=$?
  if (( code == 3 )); then
    echo "  not run: $(tail -n 1 "$log")"
    continue
  fi
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  edges=$(grep -oE 'cov: [0-9]+' "$log" | tail -n 1 | cut -d ' ' -f 2)
  echo "  ${runs:-?} inputs, ${edges:-?} edges"
  # 72: libFuzzer was interrupted.
  if (( code != 0 && !(interrupted && code == 72) )); then
    failed=1
    grep -aE '^(SUMMARY|ERROR|==[0-9]+==|'"$target"':)|Fatal error' "$log" | head -n 5 | sed 's/^/  /' || true
    echo "  failed, exit code $code: $log"
    sed -n 's/^artifact_prefix.*Test unit written to /  input: /p' "$log"
    echo "  again: FLOWSWITCH_FUZZ=$target $binary INPUT"
  fi
  if (( interrupted )); then
    echo "interrupted" >&2
    exit 130
  fi
done
exit "$failed"
