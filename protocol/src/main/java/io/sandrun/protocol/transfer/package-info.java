/** Large bodies: sent and received as streams, watched for standstill, resumed. */
@NullMarked
package io.sandrun.protocol.transfer;

import org.jspecify.annotations.NullMarked;
