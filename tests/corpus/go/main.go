// Judges an exported audit log with the libraries of transparency-dev alone:
//
//	verify KEY WITNESS_KEY EXPORT_FOLDER OLD_EXPORT_FOLDER REQUEST PROOF...
//
// Checkpoint and cosignature of the export; entries against leaf hashes, leaf hashes against the root; the consistency
// proof of a request to the witness against the older export's root; each proof against its own checkpoint.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	tproof "github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
)

var hasher = rfc6962.DefaultHasher

func must(err error) {
	if err != nil {
		fmt.Println("REFUSED:", err)
		os.Exit(1)
	}
}

func read(path string) []byte {
	content, err := os.ReadFile(path)
	must(err)
	return content
}

func tilePath(index, width int) string {
	path := fmt.Sprintf("%03d", index%1000)
	for index >= 1000 {
		index /= 1000
		path = fmt.Sprintf("x%03d/%s", index%1000, path)
	}
	if width < 256 {
		path += ".p/" + strconv.Itoa(width)
	}
	return path
}

type judge struct {
	log     note.Verifier
	witness note.Verifier
}

// checkpoint: signed by the log and, where cosigned is asked for, by the witness.
func (j judge) checkpoint(content []byte, cosigned bool) *log.Checkpoint {
	found, _, signed, err := log.ParseCheckpoint(content, j.log.Name(), j.log, j.witness)
	must(err)
	if cosigned && len(signed.Sigs) != 2 {
		must(fmt.Errorf("%d signatures instead of two", len(signed.Sigs)))
	}
	return found
}

// tree builds the root from the entry bundles and compares every leaf with its tile.
func (j judge) tree(folder string) *log.Checkpoint {
	found := j.checkpoint(read(filepath.Join(folder, "checkpoint")), true)
	size := int(found.Size)
	tree := (&compact.RangeFactory{Hash: hasher.HashChildren}).NewEmptyRange(0)
	for index := 0; index*256 < size; index++ {
		width := min(256, size-index*256)
		hashes := read(filepath.Join(folder, "tile/0", tilePath(index, width)))
		bundle := read(filepath.Join(folder, "tile/entries", tilePath(index, width)))
		for at := 0; at < width; at++ {
			length := int(binary.BigEndian.Uint16(bundle))
			leaf := hasher.HashLeaf(bundle[2 : 2+length])
			bundle = bundle[2+length:]
			if !bytes.Equal(leaf, hashes[at*32:at*32+32]) {
				must(fmt.Errorf("entry %d is not its leaf", index*256+at))
			}
			must(tree.Append(leaf, nil))
		}
		if len(bundle) != 0 || len(hashes) != width*32 {
			must(fmt.Errorf("tile %d has another width", index))
		}
	}
	root, err := tree.GetRootHash(nil)
	must(err)
	if !bytes.Equal(root, found.Hash) {
		must(fmt.Errorf("the entries give another root"))
	}
	return found
}

func (j judge) request(content []byte, old *log.Checkpoint) {
	head, checkpoint, _ := strings.Cut(string(content), "\n\n")
	lines := strings.Split(head, "\n")
	if lines[0] != fmt.Sprintf("old %d", old.Size) {
		must(fmt.Errorf("the request begins with %q", lines[0]))
	}
	var hashes [][]byte
	for _, line := range lines[1:] {
		hash, err := base64.StdEncoding.DecodeString(line)
		must(err)
		hashes = append(hashes, hash)
	}
	found := j.checkpoint([]byte(checkpoint), false)
	must(proof.VerifyConsistency(hasher, old.Size, found.Size, hashes, old.Hash, found.Hash))
}

func (j judge) proof(content []byte) {
	var found tproof.TLogProof
	must(found.Unmarshal(content))
	var extra struct{ Entry string }
	must(json.Unmarshal(found.ExtraData, &extra))
	var hashes [][]byte
	for _, hash := range found.Hashes {
		hashes = append(hashes, bytes.Clone(hash[:]))
	}
	checkpoint := j.checkpoint(found.Checkpoint, true)
	leaf := hasher.HashLeaf([]byte(extra.Entry))
	must(proof.VerifyInclusion(hasher, found.Index, checkpoint.Size, leaf, hashes, checkpoint.Hash))
}

func main() {
	verifier, err := note.NewVerifier(os.Args[1])
	must(err)
	witness, err := fnote.NewVerifierForCosignatureV1(os.Args[2])
	must(err)
	j := judge{verifier, witness}
	found := j.tree(os.Args[3])
	j.request(read(os.Args[5]), j.tree(os.Args[4]))
	for _, path := range os.Args[6:] {
		j.proof(read(path))
	}
	fmt.Println("agreed:", found.Size)
}
