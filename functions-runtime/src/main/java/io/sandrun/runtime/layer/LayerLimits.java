package io.sandrun.runtime.layer;

/**
 * How large a tree may be.
 *
 * @param bytes of all files, each rounded up to a block of the disk
 * @param names files, links and directories
 * @param depth directories that one path may go through; each costs two descriptors while it is copied
 */
public record LayerLimits(long bytes, int names, int depth) {}
