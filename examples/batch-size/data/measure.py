"""How data/step_time.csv was made, on another machine: processor time of a training step, by batch size."""

import csv
import time
from pathlib import Path

import torch

SIZES = (4, 8, 16, 32, 64, 128, 256, 512, 1024)

torch.set_num_threads(1)
layers = [
    torch.nn.Linear(2, 32),
    torch.nn.Tanh(),
    torch.nn.Linear(32, 32),
    torch.nn.Tanh(),
    torch.nn.Linear(32, 2),
]
network = torch.nn.Sequential(*layers)
optimizer = torch.optim.Adam(network.parameters(), 1e-3)
rows = []
for size in SIZES:
    x, y = torch.randn(size, 2), torch.randint(0, 2, (size,))
    least = float("inf")
    for _ in range(10):
        started = time.process_time()
        for _ in range(50):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(network(x), y).backward()
            optimizer.step()
        least = min(least, (time.process_time() - started) / 50)
    rows.append((size, round(least * 1e6, 1)))
with Path(__file__).with_name("step_time.csv").open("w", encoding="utf-8", newline="") as file:
    csv.writer(file, lineterminator="\n").writerows([("Batch size", "Microseconds a step"), *rows])
