"""`python -m benchmarks`: every benchmark, and RESULTS.md from its figures."""

from benchmarks import container, history, phases, policies, program, reading, training, whole_program
from benchmarks.report import write_results

BENCHMARKS = (program, whole_program, policies, container, reading, training, phases, history)

if __name__ == "__main__":
    tables = []
    for benchmark in BENCHMARKS:
        print(f"running {benchmark.__name__} …", flush=True)
        tables.append(benchmark.table())
        print(tables[-1].text(), flush=True)
    write_results(tables)
