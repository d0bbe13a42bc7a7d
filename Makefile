# Aktensuche. „make“ ohne Ziel zeigt, was es gibt.
SHELL := /bin/sh
.DEFAULT_GOAL := help
ifndef PYTHON
PYTHON := $(shell for name in python3 python3.13 python3.12 python3.11; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$name; break; fi; done)
endif
RUN := .venv/bin
TESTS ?= tests

.PHONY: help setup setup-tests demo demo-stop test lint format bench bundle lock

help: ## Diese Übersicht
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

python-found:
	@test -n "$(PYTHON)" || { echo 'Fehler (python_missing): Python 3.11 oder neuer wurde nicht gefunden.' >&2; \
	  echo 'Abhilfe: als root „apt-get install python3 python3-venv“ ausführen (Debian 12 oder neuer).' >&2; exit 3; }

setup: python-found ## Maschine einrichten: Systempakete, .venv/, OpenSearch und Tika
	@$(PYTHON) -m setup

setup-tests: python-found
	@$(PYTHON) -m setup --tests

demo: setup ## Alles einrichten, Musterakten indexieren, Oberfläche starten
	@$(RUN)/aktensuche demo

demo-stop: ## Alles beenden, was „make demo“ gestartet hat
	@if test -x $(RUN)/aktensuche; then $(RUN)/aktensuche demo-stop; else echo 'Es lief nichts.'; fi

test: setup-tests lint ## Alle Prüfungen: Stil, Typen, Tests gegen echte Dienste und echten Browser
	@$(RUN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(TESTS)

lint: setup-tests ## Stil und Typen prüfen, bekannte Schwachstellen suchen (mit Netz)
	@$(RUN)/ruff check .
	@$(RUN)/ruff format --check .
	@$(RUN)/mypy
	@$(RUN)/python -m tools.vulnerabilities

format: setup ## Quelltext in Form bringen
	@$(RUN)/ruff check --fix . ; $(RUN)/ruff format .

bench: setup ## Messungen (Ergebnis als JSON und Tabelle)
	@$(RUN)/python -m bench

bundle: setup ## Offline-Bündel schreiben, für Maschinen ohne Netz
	@$(PYTHON) -m setup bundle

lock: setup ## Versionen neu festschreiben (Python-Pakete, OpenSearch, Tika)
	@$(RUN)/python -m setup.lock
