SHELL := /bin/bash
.DEFAULT_GOAL := build
CONFIGURATION ?= Release
RID ?= $(shell [ "$$(uname -m)" = aarch64 ] && echo linux-arm64 || echo linux-x64)
BIN := artifacts/bin

.PHONY: build test publish run stop bench format prerequisites images clean

build:          ## compile everything
	dotnet build Berth.slnx

test:           ## run every test; what a machine lacks is skipped with its reason
	build/prerequisites test
	test/run

publish:        ## the four programs as native executables in artifacts/bin
	build/publish $(RID)

prerequisites:  ## install the Debian packages that running and testing need
	build/prerequisites

images:         ## build the sample images' archives from Debian packages
	build/images

run:            ## install, publish, start registry and daemon, and do the main job before your eyes
	build/run

stop:           ## end what make run left running
	build/stop

bench:          ## measure against Debian's dockerd in the same run
	bench/run

format:         ## bring the code into shape
	dotnet format Berth.slnx

clean:          ## remove what was built
	rm -rf artifacts
