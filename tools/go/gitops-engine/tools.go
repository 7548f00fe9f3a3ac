//go:build tools

package tools

import (
	_ "github.com/argoproj/gitops-engine/agent"
)
