# with_module.pl NGINX MODULE ARGUMENT...
# Runs nginx with these arguments, after the module is on in every http server of the configuration that they name: with
# a datastream, and with both of its locations. No line of the configuration moves. With "" as the module, nginx alone.
#
# To `-V` it says only those of nginx's own modules that are there, in the directory TEST_NGINX_MODULES.

use strict;
use warnings;

my ($nginx, $module, @arguments) = @ARGV;

my $http   = 'aep_organization_id 0123456789ABCDEF01234567@AdobeOrg;';
my $server = 'aep_datastream_id ebebf826-a01f-4458-8cec-ef61de241c93;'
    . ' location ^~ /aep/ { aep_sdk; } location ^~ /ee/ { aep_gateway; }';

sub with_module {
    my $text = shift;
    my (@blocks, @words);
    my $result = "load_module $module; ";
    while ($text =~ /\G(\s+ | \#[^\n]* | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | [;{}] | (?:\\.|\$\{|[^\s;{}\\])+)/gcxs) {
        my $token = $1;
        $result .= $token;
        if ($token eq ';') {
            @words = ();
        }
        elsif ($token eq '}') {
            pop @blocks;
        }
        elsif ($token eq '{') {
            push @blocks, $words[0] // '';
            @words = ();
            $result .= " $http "   if "@blocks" eq 'http';
            $result .= " $server " if "@blocks" eq 'http server';
        }
        elsif ($token !~ /^(?:\s|#)/) {
            push @words, $token;
        }
    }
    return $result . substr $text, pos $text // 0;
}

sub is_there {
    my $name = shift;
    $name =~ s/^xslt$|^http_xslt_module$/http_xslt_filter_module/;
    $name .= '_module' if $name !~ /_module$/;
    return -e "$ENV{TEST_NGINX_MODULES}/ngx_$name.so";
}

if ("@arguments" eq '-V') {
    my $said = `$nginx -V 2>&1`;
    $said =~ s/ --with-(\w+)=dynamic\b/is_there($1) ? $& : ''/ge;
    print STDERR $said;
    exit 0;
}

my %value = @arguments % 2 ? () : @arguments;    # as nginx's own tests name them
if (my ($place) = grep { defined && $module ne '' } $value{-c}) {
    my $path = $place =~ m{^/} ? $place : ($value{-p} // '') . "/$place";
    my $text = do { local $/; open my $in, '<', $path or die "$path: $!"; <$in> };
    if ($text !~ /aep_datastream_id/) {
        open my $out, '>', $path or die "$path: $!";
        print $out with_module($text);
        close $out or die "$path: $!";
    }
}

exec $nginx, @arguments or die "$nginx: $!";
